"""The base that comes with the distribution."""

import hashlib
from pathlib import Path

import pytest

from data.errors import BadInputError
from data.training import ModelSettings, TrainSettings
from tests import make
from train import bundled, chat


def released(folder: Path, **files: bytes) -> Path:
    """A folder of files and the list of their hashes, as a release has it."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    sums = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items()]
    (folder / bundled.SUMS).write_text("".join(sums))
    return folder


def test_files_as_they_were_released_are_read(tmp_path: Path) -> None:
    bundled.check(released(tmp_path, weights=b"00", tokenizer=b"ab"))


@pytest.mark.parametrize(
    ("name", "now", "told"),
    [
        ("weights", b"01", "weights is not the file that was released"),
        ("tokenizer", b"of another base", "tokenizer is not the file that was released"),
        ("weights", None, "weights is missing"),
        (bundled.SUMS, None, "SHA256SUMS is missing"),
    ],
)
def test_a_file_that_changed_is_named_and_how_to_mend_it(
    tmp_path: Path, name: str, now: bytes | None, told: str
) -> None:
    home = released(tmp_path, weights=b"00", tokenizer=b"ab")

    (home / name).unlink() if now is None else (home / name).write_bytes(now)

    with pytest.raises(BadInputError, match=told) as error:
        bundled.check(home)
    assert "Install Gristmill again" in str(error.value)


def test_the_bundled_base_is_small_and_its_chats_read_back(tmp_path: Path) -> None:
    from train import bases

    named = TrainSettings(model=ModelSettings(model_name=bundled.NAME))
    base = bases.find(named, make.space(tmp_path), ())
    row = chat.render(
        make.example("Où? 東京 ✓", "Open  Settings,\n then `Reset`."), base.tokenizer
    )

    assert base.folder is not None
    assert (base.folder / "model.safetensors").stat().st_size <= 16_000_000
    assert base.limits.pad != base.limits.eos
    assert base.limits.tokens == base.limits.embeddings
    assert base.tokenizer.decode(row.input_ids) == (
        "<|bos|><|user|>Où? 東京 ✓<|eos|><|assistant|>Open  Settings,\n then `Reset`.<|eos|>"
    )
