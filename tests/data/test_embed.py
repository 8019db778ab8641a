import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np

from data import embed
from data.records import content_id


def test_vectors_are_remembered_only_where_none_would_have_to_be_made(tmp_path: Path) -> None:
    cache = tmp_path / "vectors.sqlite"
    one = np.array([0.6, 0.8], dtype=np.float32)
    with closing(sqlite3.connect(cache)) as sql, sql:
        sql.execute("CREATE TABLE vector (key TEXT PRIMARY KEY, value BLOB)")
        sql.execute("INSERT INTO vector VALUES (?, ?)", (content_id("m", "How?"), one.tobytes()))

    known = embed.remembered(["How?", "How?"], "m", cache)

    assert known is not None
    assert known.tolist() == [one.tolist(), one.tolist()]
    assert embed.remembered(["How?", "Why?"], "m", cache) is None
    assert embed.remembered(["How?"], "m", tmp_path / "none.sqlite") is None
