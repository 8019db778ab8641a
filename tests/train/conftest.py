from pathlib import Path

import pytest

from data.workspace import Workspace
from tests import make
from tests.train import splits, training
from train.student import Student

# So many passes that eight rows are known by heart; fewer are needed for five hundred.
OVERFIT = """
[train.trainer]
num_train_epochs = 60
per_device_train_batch_size = 8
"""


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with one real run in it, `first`; trained once for all claims."""
    folder: Path = tmp_path_factory.mktemp("trained")
    space = splits.write(make.space(folder, OVERFIT))
    training.run(space)
    return space


@pytest.fixture(scope="session")
def student(trained: Workspace) -> Student:
    """What that run has become."""
    return Student.load(trained.runs / "first", tuned=True)
