"""The review server on this machine: Argilla's own server and screen, without Docker."""
