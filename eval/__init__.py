"""From a tuned model to its errors: answers, findings, and the report."""
