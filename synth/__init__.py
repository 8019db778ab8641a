"""From passages to new examples, written by a teacher from a recipe."""
