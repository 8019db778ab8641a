"""What a search in Argilla should find, told by plain Python over the records.

It shares nothing with the search itself: queries are drawn as trees, written down in Argilla's
search language, and judged by the tree; filters are judged by the record as it was logged.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.labels import Client, Dataset, Json

WORDS = "alpha beta gamma delta epsilon zeta Straße café naïve don't e-mail 東京 大阪 100 v2_final resume".split()
STATUSES = ("submitted", "draft", "discarded")


@dataclass
class Row:
    """One record as it was logged, with the id it got."""

    text: list[str]
    talk: list[str]
    metadata: Json
    verdict: tuple[str, float, str] | None
    """Suggested value, score, agent."""
    tags: list[str] | None
    vector: list[float]
    responses: dict[str, tuple[str, str | None, int | None]] = field(default_factory=dict)
    """By user: status, verdict, quality."""
    id: str = ""

    def pieces(self) -> list[list[str]]:
        """The words of each field, apart, as a reader would take them."""
        talk = ["user", *self.talk] if self.talk else []
        return [_pieces(self.text), _pieces(talk)]


def _pieces(words: list[str]) -> list[str]:
    cut = {
        "Straße": ["strasse"],
        "don't": ["don", "t"],
        "e-mail": ["e", "mail"],
        "東京": ["東", "京"],
        "大阪": ["大", "阪"],
    }
    return [piece for word in words for piece in cut.get(word, [word])]


def rows(count: int, draw: random.Random, dimensions: int = 8) -> list[Row]:
    return [_row(draw, dimensions) for _ in range(count)]


def _row(draw: random.Random, dimensions: int) -> Row:
    metadata: Json = {}
    if draw.random() < 0.9:
        metadata["source"] = draw.choice(["faq", "slack", ["faq", "slack"], "web"])
    if draw.random() < 0.8:
        metadata["length"] = draw.randrange(100)
    if draw.random() < 0.8:
        metadata["score"] = round(draw.random(), 2)
    suggested = (
        draw.choice(["keep", "fix", "reject"]),
        round(draw.random(), 2),
        draw.choice(["judge", "rule"]),
    )
    return Row(
        draw.choices(WORDS, k=draw.randrange(1, 7)),
        draw.choices(WORDS, k=draw.randrange(0, 4)),
        metadata,
        suggested if draw.random() < 0.7 else None,
        draw.sample("abc", k=draw.randrange(1, 4)) if draw.random() < 0.5 else None,
        [draw.gauss(0, 1) for _ in range(dimensions)],
    )


def item(row: Row, number: int, questions: dict[str, str]) -> Json:
    """A row as it is logged."""
    made: Json = {
        "fields": {"text": " ".join(row.text)},
        "external_id": f"ext-{number}",
        "metadata": row.metadata,
        "vectors": {"meaning": row.vector},
        "suggestions": [],
    }
    if row.talk:
        made["fields"]["talk"] = [{"role": "user", "content": " ".join(row.talk)}]
    if row.verdict:
        value, score, agent = row.verdict
        suggested = {"question_id": questions["verdict"], "value": value, "score": score}
        made["suggestions"].append({**suggested, "agent": agent, "type": "model"})
    if row.tags:
        made["suggestions"].append(
            {"question_id": questions["tags"], "value": row.tags, "score": [0.5] * len(row.tags)}
        )
    return made


def respond(row: Row, user: str, draw: random.Random) -> Json:
    """Give a row a response by this user; the request that says so."""
    status = draw.choice(STATUSES)
    verdict, quality = draw.choice(["keep", "fix", "reject"]), draw.randrange(1, 6)
    row.responses[user] = (status, verdict, quality)
    return {
        "status": status,
        "values": {"verdict": {"value": verdict}, "quality": {"value": quality}},
    }


Judge = Callable[[Row], bool]


@dataclass(frozen=True)
class Question:
    """A search, and which rows it should find."""

    body: Json
    judge: Judge
    key: Callable[[Row], float | str | None] | None = None
    """What it is sorted by."""
    descending: bool = False


def question(draw: random.Random, user: str) -> Question:
    """A random search: text, filters, a sort key, each or none of them; `user` is who asks."""
    body: Json = {}
    judges: list[Judge] = []
    if draw.random() < 0.6:
        field_name = draw.choice(["", "", "text", "talk"])
        spelled, judge = _expression(draw, field_name, depth=2)
        body["query"] = {"text": {"q": spelled} | ({"field": field_name} if field_name else {})}
        judges.append(judge)
    filters = [_filter(draw, user) for _ in range(draw.choice([0, 1, 1, 2]))]
    if filters:
        body["filters"] = {"and": [spelled for spelled, _ in filters]}
        judges += [judge for _, judge in filters]
    everyone = tuple(judges)
    asked = Question(body, lambda row: all(judge(row) for judge in everyone))
    return _sorted(draw, asked) if draw.random() < 0.5 else asked


def _sorted(draw: random.Random, asked: Question) -> Question:
    descending = draw.random() < 0.5
    scope, key = draw.choice(SORTS)
    sort = [{"scope": scope, "order": "desc" if descending else "asc"}]
    return Question({**asked.body, "sort": sort}, asked.judge, key, descending)


def _expression(draw: random.Random, field_name: str, depth: int) -> tuple[str, Judge]:
    """A query and what it means."""
    kind = draw.choice(
        ["word", "word", "phrase", "prefix", "not", "and", "or"] if depth else ["word"]
    )
    if kind == "not":
        spelled, judge = _atom(draw, field_name, depth)
        return f"-{spelled}", lambda row: not judge(row)
    if kind in ("and", "or"):
        join = draw.choice([" ", " + "]) if kind == "and" else " | "
        one, first = _atom(draw, field_name, depth)
        two, second = _atom(draw, field_name, depth)
        if kind == "and":
            return f"{one}{join}{two}", lambda row: first(row) and second(row)
        return f"{one}{join}{two}", lambda row: first(row) or second(row)
    return _leaf(draw, field_name, kind)


def _atom(draw: random.Random, field_name: str, depth: int) -> tuple[str, Judge]:
    spelled, judge = _expression(draw, field_name, depth - 1)
    simple = spelled.isalnum() or (spelled[0] == spelled[-1] == '"' and spelled.count('"') == 2)
    return (spelled if simple else f"({spelled})"), judge


def _leaf(draw: random.Random, field_name: str, kind: str) -> tuple[str, Judge]:
    if kind == "prefix":
        word = draw.choice(["alpha", "gamma", "strasse", "resume", "delta"])
        start = word[: draw.randrange(1, len(word))]

        def begins(pieces: list[str]) -> bool:
            return any(piece.startswith(start) for piece in pieces)

        return f"{start}*", lambda row: _any(row, field_name, begins)
    wanted = draw.choices(WORDS, k=2 if kind == "phrase" else 1)
    spelled = draw.choice([str.upper, str.lower, str.title])(" ".join(wanted))
    run = _pieces(wanted)

    def holds(pieces: list[str]) -> bool:
        return _holds(pieces, run)

    return (f'"{spelled}"' if kind == "phrase" else spelled), lambda row: _any(
        row, field_name, holds
    )


def _any(row: Row, field_name: str, judge: Callable[[list[str]], bool]) -> bool:
    text, talk = row.pieces()
    looked = {"text": [text], "talk": [talk]}.get(field_name, [text, talk])
    return any(judge(pieces) for pieces in looked)


def _holds(pieces: list[str], run: list[str]) -> bool:
    return any(pieces[start : start + len(run)] == run for start in range(len(pieces)))


def _filter(draw: random.Random, user: str) -> tuple[Json, Judge]:
    return draw.choice(FILTERS)(draw, user)


def _terms(scope: Json, values: Sequence[str]) -> Json:
    return {"type": "terms", "scope": scope, "values": list(values)}


def _source(draw: random.Random, _: str) -> tuple[Json, Judge]:
    values = draw.sample(["faq", "slack", "web", "nowhere"], k=draw.randrange(1, 3))
    return _terms({"entity": "metadata", "metadata_property": "source"}, values), lambda row: bool(
        set(values) & set(_many(row.metadata.get("source")))
    )


def _many(value: object) -> list[str]:
    return (
        []
        if value is None
        else [str(each) for each in value]
        if isinstance(value, list)
        else [str(value)]
    )


def _number(draw: random.Random, _: str) -> tuple[Json, Judge]:
    name, top = draw.choice([("length", 100.0), ("score", 1.0)])
    low = round(draw.random() * top, 1)
    high = round(low + draw.random() * top, 1)
    scope = {"entity": "metadata", "metadata_property": name}
    return {
        "type": "range",
        "scope": scope,
        "ge": low,
        "le": high,
    }, lambda row: low <= row.metadata.get(name, -1) <= high


def _exactly(draw: random.Random, _: str) -> tuple[Json, Judge]:
    value = draw.randrange(100)
    scope = {"entity": "metadata", "metadata_property": "length"}
    return _terms(scope, [str(value)]), lambda row: row.metadata.get("length") == value


def _suggested(draw: random.Random, _: str) -> tuple[Json, Judge]:
    part = draw.choice(["value", "score", "agent"])
    scope = {"entity": "suggestion", "question": "verdict", "property": part}
    if part == "score":
        low = round(draw.random(), 2)
        return {"type": "range", "scope": scope, "ge": low}, lambda row: bool(
            row.verdict and row.verdict[1] >= low
        )
    values = draw.sample(["keep", "fix"] if part == "value" else ["judge", "rule"], k=1)
    place = 0 if part == "value" else 2
    return _terms(scope, values), lambda row: bool(row.verdict and row.verdict[place] in values)


def _tagged(draw: random.Random, _: str) -> tuple[Json, Judge]:
    values = draw.sample("abc", k=draw.randrange(1, 3))
    scope = {"entity": "suggestion", "question": "tags", "property": "value"}
    return _terms(scope, values), lambda row: bool(row.tags and set(values) & set(row.tags))


def _status(draw: random.Random, user: str) -> tuple[Json, Judge]:
    values = draw.sample([*STATUSES, "pending"], k=draw.randrange(1, 3))

    def judge(row: Row) -> bool:
        said = [row.responses[user]] if user in row.responses else []
        said = said if user else list(row.responses.values())
        return any(each[0] in values for each in said) or ("pending" in values and not said)

    return _terms({"entity": "response", "property": "status"}, values), judge


def _answered(draw: random.Random, user: str) -> tuple[Json, Judge]:
    name, values = draw.choice(
        [("verdict", ["keep"]), ("verdict", ["fix", "reject"]), ("quality", ["1", "5"])]
    )
    place = 1 if name == "verdict" else 2

    def judge(row: Row) -> bool:
        return any(
            str(said[place]) in values
            for who, said in row.responses.items()
            if not user or who == user
        )

    return _terms({"entity": "response", "question": name}, values), judge


def _completed(draw: random.Random, _: str) -> tuple[Json, Judge]:
    value = draw.choice(["completed", "pending"])

    def judge(row: Row) -> bool:
        done = any(status == "submitted" for status, _, _ in row.responses.values())
        return done == (value == "completed")

    return _terms({"entity": "record", "property": "status"}, [value]), judge


FILTERS: list[Callable[[random.Random, str], tuple[Json, Judge]]] = [
    _source,
    _number,
    _exactly,
    _suggested,
    _tagged,
    _status,
    _answered,
    _completed,
]
SORTS: list[tuple[Json, Callable[[Row], float | str | None]]] = [
    (
        {"entity": "metadata", "metadata_property": "length"},
        lambda row: row.metadata.get("length"),
    ),
    ({"entity": "metadata", "metadata_property": "score"}, lambda row: row.metadata.get("score")),
    (
        {"entity": "suggestion", "question": "verdict", "property": "score"},
        lambda row: row.verdict and row.verdict[1],
    ),
]


def is_right(asked: Question, known: Sequence[Row], found: Json) -> bool:
    """Whether an answer holds exactly the rows it should, in the order that was asked for."""
    wanted = {row.id for row in known if asked.judge(row)}
    ids = [str(each["record"]["id"]) for each in found["items"]]
    if found["total"] != len(wanted) or set(ids) != wanted or len(ids) != len(wanted):
        return False
    if asked.key is None:
        return True
    by_id = {row.id: row for row in known}
    keys = [asked.key(by_id[each]) for each in ids]
    there = [key for key in keys if key is not None]
    in_order = sorted(there, reverse=asked.descending)
    return keys == in_order + [None] * (len(keys) - len(there))


def fill(made: Dataset, people: dict[str, Client], draw: random.Random, count: int) -> list[Row]:
    """Log rows and let people respond to a third of them each."""
    known = rows(count, draw)
    for start in range(0, count, 200):
        batch = [
            item(row, start + n, made.questions)
            for n, row in enumerate(known[start : start + 200])
        ]
        for row, key in zip(known[start : start + 200], made.log(batch), strict=True):
            row.id = key
    for row in known:
        for name, person in people.items():
            if draw.random() < 0.3:
                person.post(f"/records/{row.id}/responses", respond(row, name, draw))
    return known


def mismatches(
    made: Dataset, annotator: Client, known: Sequence[Row], draw: random.Random, count: int
) -> int:
    """How many of so many random searches, by the owner and on the screen, find the wrong rows."""
    wrong = 0
    for _ in range(count):
        on_screen = draw.random() < 0.5
        asked = question(draw, "annotator" if on_screen else "")
        found = made.search(asked.body, by=annotator if on_screen else None)
        wrong += not is_right(asked, known, found)
    return wrong
