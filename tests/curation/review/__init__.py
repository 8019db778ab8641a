"""Claims on `curation.review`."""
