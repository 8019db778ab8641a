"""Claims on `data`."""
