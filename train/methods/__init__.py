"""The methods of training: what each learns from, and the trainer that does it."""
