"""What forks need, loaded before the fork; nothing is computed here."""

import sentence_transformers

from train import bases, environment, fitting, tuner
from train.methods import known, supervised

LOADED = (bases, environment, fitting, known, sentence_transformers, supervised, tuner)
