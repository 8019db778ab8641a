"""From a curated split to a tuned model, with every token that it learns from on show."""
