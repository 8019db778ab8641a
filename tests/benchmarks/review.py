"""The review server at 100,000 records, and under kill -9.

The 100,000 are written into the server's database directly, as Argilla writes them, so that the
triggers of the search do their work and nothing else takes time; logging is then measured on top of
them, through the server. Searches are measured as a browser meets them: whole requests, ten records
a page, the second time they are asked; `cold` is the very first request of its kind after a start,
when a page has had the time to load, and reads what is then held in memory. Wall times: let nothing else run.
"""

import dataclasses
import functools
import json
import random
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from curation.review.server import process
from curation.review.server.inside import schema
from data.workspace import Workspace
from tests import kills, labels, oracle
from tests.labels import Dataset, Json

RECORDS = 100_000
DIMENSIONS = 384
QUERIES = 1_000
KILLS = 20
SETTLED_S = 3
WORDS = [
    f"{a}{b}{c}"
    for a in "bdgklmnprst"
    for b in ("a", "ei", "o", "u")
    for c in ("l", "n", "rk", "ss", "tz")
]


def measure() -> dict[str, float]:
    """All figures of the server."""
    with tempfile.TemporaryDirectory() as folder:
        found = {"start_s": _start(Path(folder) / "start")}
        found |= _at_scale(Path(folder) / "scale")
        found["oracle_mismatches"] = _mismatches(Path(folder) / "oracle")
        with labels.serving(Path(folder) / "kills") as space:
            found["kills_survived"] = kills.survived(space, KILLS)
        return found


def _start(folder: Path) -> float:
    """Seconds from the command to an answer, the server being installed and its folder there."""
    with labels.serving(folder) as space:
        process.stop(process.folder_of(space))
        began = time.perf_counter()
        process.start(space, None)
        return round(time.perf_counter() - began, 2)


def _at_scale(folder: Path) -> dict[str, float]:
    draw = random.Random(7)
    with labels.serving(folder) as space:
        made = labels.dataset(labels.client(space), dimensions=DIMENSIONS)
        _fill(space, made, draw)
        rate = _logging(made, draw)
        process.stop(process.folder_of(space))
        process.start(space, None)
        made = dataclasses.replace(made, owner=labels.client(space))
        time.sleep(SETTLED_S)
        found = {"log_records_per_s": float(round(rate))}
        for kind, bodies in (("search", _texts), ("filter", _filters), ("similar", _vectors)):
            asked = list(bodies(draw))
            found[f"{kind}_cold_ms_100k"] = _milliseconds(made, asked[:1])
            _milliseconds(made, asked)
            found[f"{kind}_ms_100k"] = _milliseconds(made, asked)
        return {**found, "rss_mb_100k": _rss_mb(space)}


def _fill(space: Workspace, made: Dataset, draw: random.Random) -> None:
    """Write the records with metadata, two suggestions and a vector each."""
    db = schema.connect(process.folder_of(space) / "argilla.db")
    (settings,) = db.execute("SELECT id FROM vectors_settings").fetchone()
    verdict, quality = (uuid.UUID(made.questions[name]).hex for name in ("verdict", "quality"))
    now = "2026-01-01 00:00:00.000000"
    vectors = [
        json.dumps([round(draw.gauss(0, 1), 6) for _ in range(DIMENSIONS)]) for _ in range(500)
    ]
    for start in range(0, RECORDS, 5_000):
        db.execute("BEGIN")
        for number in range(start, start + 5_000):
            row = _row(draw, number)
            key = uuid.uuid4().hex
            db.execute(
                "INSERT INTO records (id, fields, metadata, status, external_id, dataset_id, inserted_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    key,
                    json.dumps(row["fields"]),
                    json.dumps(row["metadata"]),
                    "pending",
                    row["external_id"],
                    uuid.UUID(made.id).hex,
                    now,
                    now,
                ),
            )
            for question, value in (
                (verdict, draw.choice(["keep", "fix", "reject"])),
                (quality, draw.randrange(1, 6)),
            ):
                db.execute(
                    "INSERT INTO suggestions (id, value, score, agent, type, record_id, question_id, inserted_at, updated_at) VALUES (?, ?, ?, 'judge', 'model', ?, ?, ?, ?)",
                    (
                        uuid.uuid4().hex,
                        json.dumps(value),
                        json.dumps(round(draw.random(), 2)),
                        key,
                        question,
                        now,
                        now,
                    ),
                )
            db.execute(
                "INSERT INTO vectors (id, value, record_id, vector_settings_id, inserted_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
                (uuid.uuid4().hex, draw.choice(vectors), key, settings, now, now),
            )
        db.execute("COMMIT")
    db.close()


def _row(draw: random.Random, number: int) -> Json:
    """A question and an answer of 60 words; some words are in every second record, some rare."""
    text = " ".join(draw.choices(WORDS, weights=range(1, len(WORDS) + 1), k=60))
    metadata = {
        "source": draw.choice(["faq", "slack", "web"]),
        "length": draw.randrange(500),
        "score": draw.random(),
    }
    return {"fields": {"text": text}, "metadata": metadata, "external_id": f"r{number}"}


def _logging(made: Dataset, draw: random.Random) -> float:
    """Records a second through the server: two suggestions and a vector each."""
    batches = [
        [_complete(draw, made, RECORDS + start + number) for number in range(250)]
        for start in range(0, 2_000, 250)
    ]
    began = time.perf_counter()
    for batch in batches:
        made.log(batch)
    return 2_000 / (time.perf_counter() - began)


def _complete(draw: random.Random, made: Dataset, number: int) -> Json:
    suggestions = [
        {
            "question_id": made.questions["verdict"],
            "value": "keep",
            "score": 0.9,
            "agent": "judge",
            "type": "model",
        },
        {
            "question_id": made.questions["quality"],
            "value": 4,
            "score": 0.8,
            "agent": "judge",
            "type": "model",
        },
    ]
    vector = [round(draw.gauss(0, 1), 6) for _ in range(DIMENSIONS)]
    return {**_row(draw, number), "suggestions": suggestions, "vectors": {"meaning": vector}}


def _texts(draw: random.Random) -> Iterator[Json]:
    """Rare words, frequent words, phrases, alternatives, prefixes, negations."""
    for _ in range(10):
        one, two = draw.choice(WORDS[:20]), draw.choice(WORDS[-20:])
        for spelled in (
            one,
            two,
            f"{one} {two}",
            f'"{two} {draw.choice(WORDS)}"',
            f"{one} | {two}",
            f"{one[:2]}*",
            f"{two} -{one}",
        ):
            yield {"query": {"text": {"q": spelled}}}


def _filters(draw: random.Random) -> Iterator[Json]:
    """Metadata, suggestions, responses and sort keys, alone and together."""
    source = {
        "type": "terms",
        "scope": {"entity": "metadata", "metadata_property": "source"},
        "values": ["faq", "web"],
    }
    length_scope = {"entity": "metadata", "metadata_property": "length"}
    score_scope = {"entity": "suggestion", "question": "verdict", "property": "score"}
    pending = {
        "type": "terms",
        "scope": {"entity": "response", "property": "status"},
        "values": ["pending"],
    }
    for _ in range(10):
        low = draw.randrange(400)
        length = {"type": "range", "scope": length_scope, "ge": low, "le": low + 100}
        score = {"type": "range", "scope": score_scope, "ge": 0.5}
        yield {"filters": {"and": [source]}}
        yield {"filters": {"and": [source, length, score]}}
        yield {"filters": {"and": [pending]}, "sort": [{"scope": score_scope, "order": "desc"}]}
        yield {"filters": {"and": [length]}, "sort": [{"scope": length_scope, "order": "asc"}]}


def _vectors(draw: random.Random) -> Iterator[Json]:
    for _ in range(20):
        value = [draw.gauss(0, 1) for _ in range(DIMENSIONS)]
        yield {"query": {"vector": {"name": "meaning", "value": value}}}


def _milliseconds(made: Dataset, bodies: Sequence[Json]) -> float:
    """The 95th of 100 requests, so that the slowest kind counts and not the middle of all."""
    took = sorted(_timed(functools.partial(made.search, body, limit=10)) for body in bodies)
    return round(1000 * took[int(0.95 * (len(took) - 1))], 1)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _rss_mb(space: Workspace) -> float:
    running = process.find(process.folder_of(space))
    assert running
    status = Path(f"/proc/{running.pid}/status").read_text(encoding="utf-8")
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return round(int(line.split()[1]) / 1024)


def _mismatches(folder: Path) -> int:
    draw = random.Random(11)
    with labels.serving(folder) as space:
        owner, annotator = labels.client(space), labels.client(space, "annotator")
        made = labels.dataset(owner)
        known = oracle.fill(made, {"owner": owner, "annotator": annotator}, draw, count=400)
        return oracle.mismatches(made, annotator, known, draw, count=QUERIES)
