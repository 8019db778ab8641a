"""Claims on small real text; the tree mirrors the five packages."""
