"""Claims on the readers of sources."""
