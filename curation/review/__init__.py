"""Who says an example may be learnt from: an offline policy, or people in Argilla."""
