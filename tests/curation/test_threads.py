"""Labelled threads of many kinds, read as an export: who asked, what answered, what was settled.

In `threads.txt` a thread is a line `== name | language | status, ...` and its messages: `Q` marks
a question, `A` its answer, `a` another that is as good; a number tells the pairs of a thread
apart; after `~~` stand reactions. The words were written before the cues that find them.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from curation import ingest
from data import store
from data.records import Example
from tests import make
from tests.curation.sources import exported

PEOPLE = {"ana": "U1ANA", "ben": "U2BEN", "cara": "U3CARA", "dan": "U4DAN", "eve": "U5EVE"}
SECONDS_APART = 20_000
FIRST = 1_772_400_000
_LINE = re.compile(r"\s*(?:(?P<mark>[QAa])(?P<pair>\d?)\s+)?(?P<who>[\w -]+): (?P<text>.*)")


class Said(NamedTuple):
    mark: str
    pair: int
    who: str
    text: str
    reactions: tuple[tuple[str, str], ...]


class Thread(NamedTuple):
    name: str
    wanted: tuple[str, ...]
    """The status of each pair; none where nothing can be learnt."""
    said: tuple[Said, ...]

    def words(self, marks: str, pair: int) -> list[str]:
        return [_bare(each.text) for each in self.said if each.mark in marks and each.pair == pair]


def _threads() -> Iterator[Thread]:
    text = (Path(__file__).parent / "threads.txt").read_text(encoding="utf-8")
    for part in text.removeprefix("== ").split("\n== "):
        head, *lines = filter(str.strip, part.split("\n"))
        name, _, status = (each.strip() for each in head.split("|"))
        wanted = tuple(each.strip() for each in status.split(",") if each.strip() != "none")
        yield Thread(name, wanted, tuple(map(_said, lines)))


def _said(line: str) -> Said:
    found = _LINE.fullmatch(line)
    assert found is not None, line
    text, _, given = found["text"].partition(" ~~ ")
    pairs = (each.partition("@") for each in given.split(",") if each)
    reactions = tuple((name, who) for name, _, who in pairs)
    mark = found["mark"] or "-"
    return Said(mark, int(found["pair"] or 1), found["who"], text.replace("\\n", "\n"), reactions)


def _export(folder: Path, threads: list[Thread]) -> Path:
    messages = []
    for number, thread in enumerate(threads):
        root = f"{FIRST + number * SECONDS_APART}.000100"
        for place, said in enumerate(thread.said):
            time = f"{FIRST + number * SECONDS_APART + place * 40}.000100"
            messages.append({**_message(said), "ts": time, "thread_ts": root})
    people = [{"id": key, "name": f"{name}.q"} for name, key in PEOPLE.items()]
    exported.folder(folder, {"help/2026-03-01.json": messages})
    (folder / "users.json").write_text(json.dumps(people), encoding="utf-8")
    return folder


def _message(said: Said) -> dict[str, object]:
    escaped = said.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"&lt;@(\w+)&gt;", lambda found: f"<@{PEOPLE[found[1]]}>", escaped)
    message: dict[str, object] = {"type": "message", "text": text}
    if said.who not in PEOPLE:
        return {**message, "subtype": "bot_message", "bot_id": "B1", "username": said.who}
    given = [{"name": name, "users": [PEOPLE[who]]} for name, who in said.reactions]
    return {**message, "user": PEOPLE[said.who], "reactions": given}


def _bare(text: str) -> str:
    """Letters and digits alone, without anybody's name."""
    return re.sub(r"\W+", "", re.sub(r"@?User_\d+|<@\w+>|\b(?:ana|ben|cara|dan|eve)\b", "", text))


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Counter[str]:
    folder = tmp_path_factory.mktemp("threads")
    threads = list(_threads())
    space = make.space(folder / "w")
    ingest.run(space, [_export(folder / "acme", threads)])
    found: dict[int, list[Example]] = {}
    for each in store.read(space.ingested, Example):
        seconds = float(each.origin.locator.rpartition("#")[2])
        found.setdefault(int(seconds - FIRST) // SECONDS_APART, []).append(each)
    counts: Counter[str] = Counter()
    for number, thread in enumerate(threads):
        counts.update(_judged(thread, found.get(number, [])))
    return counts


def _judged(thread: Thread, found: list[Example]) -> Iterator[str]:
    for pair, status in enumerate(thread.wanted, start=1):
        asked = thread.words("Q", pair)
        made = next((x for x in found if any(q in _bare(x.question) for q in asked)), None)
        yield "wanted"
        if made is None:
            continue
        found = [each for each in found if each is not made]
        said = _bare(made.answer)
        is_right = any(each in said or said in each for each in thread.words("Aa", pair))
        is_confirmed = made.scores["confirmed"] == 1.0
        yield from ("found", "right") if is_right else ("found",)
        if is_confirmed:
            yield from ("confirmed", "rightly confirmed") if is_right else ("confirmed",)
        if is_confirmed == (status == "confirmed"):
            yield "status right"
    yield from ("extra" for _ in found)


def test_questions_are_found_and_chatter_is_not(counted: Counter[str]) -> None:
    assert counted["wanted"] >= 95
    assert counted["found"] / counted["wanted"] >= 0.97
    assert counted["found"] / (counted["found"] + counted["extra"]) >= 0.95


def test_the_answer_that_held_is_taken(counted: Counter[str]) -> None:
    assert counted["right"] / counted["found"] >= 0.97


def test_what_is_confirmed_is_right(counted: Counter[str]) -> None:
    assert counted["rightly confirmed"] / counted["confirmed"] >= 0.97
    assert counted["status right"] / counted["found"] >= 0.95
