"""From a model folder to a GGUF file, by llama.cpp's own converter, without network."""

import errno
import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec

from data import terminal
from data.errors import BadInputError
from data.records import Record
from data.training import Outtype
from train import environment
from train.llama import cache

FULL = re.compile(r"\[Errno (27|28|122)\]|\d+ requested and \d+ written")
"""A full disk, or a quota; the second as NumPy says it."""
SCRIPT = Path(__file__).parent / "inside" / "convert.py"


class Facts(Record, frozen=True):
    """What a GGUF file says of itself."""

    architecture: str
    tensors: int
    bos: int | None
    eos: int | None
    add_bos: bool
    """Whether whoever runs it writes the begin token before a prompt."""
    template: str
    tokens: int
    context: int
    ends: tuple[int, ...]
    """The tokens at which generation ends, by the settings of the model folder."""


def to_gguf(model: Path, file: Path, outtype: Outtype) -> Facts:
    """`auto` stores weights as they are. Raises BadInputError where llama.cpp does not know the
    model, OSError on a full disk."""
    source = cache.converter()
    paths = (source, source / "gguf-py", source / "site")
    with terminal.waiting("Converting to GGUF"):
        done = subprocess.run(
            [
                sys.executable,
                str(SCRIPT),
                str(source),
                str(model),
                str(file),
                _stored(model, outtype),
            ],
            capture_output=True,
            text=True,
            check=False,
            env={
                **os.environ,
                **environment.QUIET,
                **environment.OFFLINE,
                "PYTHONPATH": os.pathsep.join(map(str, paths)),
            },
        )
    if done.returncode:
        raise _error(done.stderr, file)
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=Facts)


def _stored(model: Path, outtype: Outtype) -> str:
    if outtype != "auto":
        return outtype
    kind = msgspec.json.decode((model / "config.json").read_bytes()).get("dtype")
    return {"bfloat16": "bf16", "float16": "f16"}.get(kind, "f32")


def _error(said: str, file: Path) -> Exception:
    lines = said.strip().splitlines() or ["it said nothing"]
    if full := FULL.search(said):
        number = int(full[1] or errno.ENOSPC)
        return OSError(number, os.strerror(number), str(file))
    if unknown := [line for line in lines if "is not supported" in line]:
        name = unknown[-1].partition("Model ")[2].partition(" ")[0]
        return BadInputError(
            f"llama.cpp's converter does not know the architecture {name}, so there is no GGUF of "
            "it. `--to merged` writes it for transformers and vLLM."
        )
    if "pre-tokenizer was not recognized" in said:
        return BadInputError(
            "llama.cpp's converter does not know the tokenizer of this base, so a GGUF would cut "
            "words otherwise than the model learnt them. `--to merged` writes it for transformers "
            "and vLLM."
        )
    return BadInputError(f"llama.cpp's converter failed: {' / '.join(lines[-3:])}")
