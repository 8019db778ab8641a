"""Claims on `eval`."""
