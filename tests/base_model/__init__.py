"""How the bundled base model is made: its corpus, tokenizer, weights and card. Called by `make base-model`."""

from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
FOLDER = REPOSITORY / "base-model"
"""Where the corpus and what is trained on it lie; git ignores it."""
CORPUS = FOLDER / "work" / "split"
