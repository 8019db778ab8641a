from pathlib import Path

import pytest

from data import settings
from data.errors import BadInputError
from data.training import ExportSettings, TrainSettings


def test_a_misspelt_key_suggests_the_right_one(tmp_path: Path) -> None:
    path = tmp_path / "gristmill.toml"
    path.write_text("[dedup]\n# a remark\nsimilarty = 0.5\n")

    with pytest.raises(
        BadInputError, match=r"toml:3: no setting `dedup.similarty`; did you mean `similarity`\?"
    ):
        settings.load(path)


def test_a_misspelt_section_suggests_the_right_one(tmp_path: Path) -> None:
    path = tmp_path / "gristmill.toml"
    path.write_text("[train]\n[dedpu]\nsimilarity = 0.5\n")

    with pytest.raises(BadInputError, match=r"toml:2: no setting `dedpu`; did you mean `dedup`\?"):
        settings.load(path)


def test_a_value_out_of_range_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "gristmill.toml"
    path.write_text("[dedup]\nsimilarity = 5\n")

    with pytest.raises(BadInputError, match=r"toml:2: dedup\.similarity: .*not 5"):
        settings.load(path)


def test_the_starter_file_loads_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "gristmill.toml"
    path.write_text(settings.starter())

    assert settings.load(path) == settings.Settings()


def test_every_setting_of_the_starter_file_may_be_uncommented(tmp_path: Path) -> None:
    path = tmp_path / "gristmill.toml"
    path.write_text(settings.starter().replace("\n# ", "\n"))

    assert settings.load(path) == settings.Settings()


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (b"train = 3\n", r"toml:1: `train` is a section; write \[train\]"),
        (b'[teacher]\nbase_url = "127.0.0.1:8000"\n', r"toml:2: teacher\.base_url is an address"),
        (b"\xff\xfe[\x00", r"not UTF-8; save it as UTF-8"),
    ],
)
def test_what_is_no_setting_is_said_in_plain_words(tmp_path: Path, toml: bytes, said: str) -> None:
    path = tmp_path / "gristmill.toml"
    path.write_bytes(toml)

    with pytest.raises(BadInputError, match=said):
        settings.load(path)


def test_how_a_run_is_exported_is_no_part_of_its_training() -> None:
    told = TrainSettings(export=ExportSettings(outtype="q8_0"))

    assert told != TrainSettings()
    assert told.of_training() == TrainSettings().of_training()
