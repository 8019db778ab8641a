from pathlib import Path

import pytest

from data.workspace import Workspace
from tests import make
from tests.train import splits, training
from train.student import Student

# So many passes that eight rows are known by heart; fewer are needed for five hundred.
BUNDLED = """
[train.model]
model_name = "bundled"
[train.trainer]
num_train_epochs = 25
warmup_steps = 2
"""
TINY = """
[train.trainer]
num_train_epochs = 60
per_device_train_batch_size = 8
"""


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with one real run in it, `first`, of the bundled base; trained once for all claims."""
    return _trained(tmp_path_factory.mktemp("trained"), BUNDLED)


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The same with a base that exists nowhere else: it began with random weights."""
    return _trained(tmp_path_factory.mktemp("begun"), TINY)


def _trained(folder: Path, toml: str) -> Workspace:
    space = splits.write(make.space(folder, toml))
    training.run(space)
    return space


@pytest.fixture(scope="session")
def student(trained: Workspace) -> Student:
    """What that run has become."""
    return Student.load(trained.runs / "first", tuned=True)
