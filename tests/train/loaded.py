"""What a forked training needs, loaded before the fork; nothing is computed here."""

import os

from train import environment

environment.quiet()
environment.offline()
# Threads do not survive a fork; these trainings are too small to need any.
os.environ["OMP_NUM_THREADS"] = "1"

from train import fitting, tuner  # noqa: E402

LOADED = (fitting, tuner)
