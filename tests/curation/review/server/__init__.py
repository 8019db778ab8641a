"""Claims about the review server on this machine."""
