import importlib.util
import sys

import pytest

from train import environment


def test_what_is_passed_over_while_loading_can_be_imported_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "sklearn", raising=False)

    environment.lean()

    assert "sklearn" not in sys.modules
    assert importlib.util.find_spec("sklearn") is not None
