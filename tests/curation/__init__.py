"""Claims on `curation`."""
