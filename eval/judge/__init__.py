"""A model that grades answers: asked carefully, held against people, never taken at its word."""
