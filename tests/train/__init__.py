"""Claims on `train`."""
