"""Threads of many kinds with the pairs that they hold, and how well those are found.

In a file a thread is a line `== name | language | status, ...` and its messages: `Q` marks
a question, `A` its answer, `a` another that is as good; a number tells the pairs of a thread
apart; after `~~` stand reactions. Who is none of `PEOPLE` is an app.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from data.records import Example, Origin
from tests.curation.sources import exported

TUNED = Path(__file__).parent / "threads.txt"
"""The weights of `curation/teaching.py` are fitted on these."""
UNSEEN = Path(__file__).parent / "unseen_threads.txt"
"""Neither cue nor weight was made with these in sight."""
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


class Verdict(NamedTuple):
    thread: str
    made: Example
    wanted: str
    """The status that the thread gives it; "" for a pair that it does not hold."""
    right: bool
    """Whether question and answer are those of the thread."""

    @property
    def confirmed(self) -> bool:
        return self.made.scores["confirmed"] == 1.0


def read(path: Path) -> list[Thread]:
    text = path.read_text(encoding="utf-8")
    return [_thread(part) for part in text.removeprefix("== ").split("\n== ")]


def _thread(part: str) -> Thread:
    head, *lines = filter(str.strip, part.split("\n"))
    name, _, status = (each.strip() for each in head.split("|"))
    wanted = tuple(each.strip() for each in status.split(",") if each.strip() != "none")
    return Thread(name, wanted, tuple(map(_said, lines)))


def _said(line: str) -> Said:
    found = _LINE.fullmatch(line)
    assert found is not None, line
    text, _, given = found["text"].partition(" ~~ ")
    pairs = (each.partition("@") for each in given.split(",") if each)
    reactions = tuple((name, who) for name, _, who in pairs)
    mark = found["mark"] or "-"
    return Said(mark, int(found["pair"] or 1), found["who"], text.replace("\\n", "\n"), reactions)


def export(folder: Path, threads: list[Thread]) -> Path:
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


def number_of(origin: Origin) -> int:
    """Which thread of the export something comes from."""
    return int(float(origin.locator.rpartition("#")[2]) - FIRST) // SECONDS_APART


def judged(threads: list[Thread], examples: list[Example]) -> list[Verdict]:
    """Every pair that was made, the wanted ones first."""
    found: dict[int, list[Example]] = {}
    for each in examples:
        found.setdefault(number_of(each.origin), []).append(each)
    return [
        verdict
        for number, thread in enumerate(threads)
        for verdict in judged_one(thread, found.get(number, []))
    ]


def judged_one(thread: Thread, found: list[Example]) -> Iterator[Verdict]:
    for pair, status in enumerate(thread.wanted, start=1):
        made = next((each for each in found if _asks(thread, pair, each.question)), None)
        if made is not None:
            found = [each for each in found if each is not made]
            yield Verdict(thread.name, made, status, right=_answers(thread, pair, made.answer))
    yield from (Verdict(thread.name, each, "", right=False) for each in found)


def _asks(thread: Thread, pair: int, question: str) -> bool:
    """Of a form only what somebody wrote in one of its fields is the question."""
    asked = _bare(question)
    return any(
        each in asked or (len(asked) > 12 and asked in each) for each in thread.words("Q", pair)
    )


def _answers(thread: Thread, pair: int, answer: str) -> bool:
    said = _bare(answer)
    return any(each in said or said in each for each in thread.words("Aa", pair))


def _bare(text: str) -> str:
    """Letters and digits alone, without anybody's name."""
    return re.sub(r"\W+", "", re.sub(r"@?User_\d+|<@\w+>|\b(?:ana|ben|cara|dan|eve)\b", "", text))


def figures(threads: list[Thread], verdicts: list[Verdict]) -> dict[str, float]:
    counts: Counter[str] = Counter()
    for each in verdicts:
        counts["made"] += 1
        counts["found"] += bool(each.wanted)
        counts["right"] += each.right
        counts["confirmed"] += each.confirmed
        counts["rightly confirmed"] += each.confirmed and each.right
        counts["status"] += each.confirmed == (each.wanted == "confirmed") and bool(each.wanted)
    wanted = sum(len(each.wanted) for each in threads)
    return {
        "precision": counts["found"] / counts["made"],
        "recall": counts["found"] / wanted,
        "answer": counts["right"] / counts["found"],
        "status": counts["status"] / counts["found"],
        "confirmed_precision": counts["rightly confirmed"] / counts["confirmed"],
    }


def reliability(verdicts: list[Verdict]) -> list[tuple[float, int, float]]:
    """Of each tenth of confidence: its lower end, how many pairs, the share that is right."""
    tenths: dict[int, list[bool]] = {}
    for each in verdicts:
        tenths.setdefault(int(each.made.scores["confidence"] * 10 + 1e-9), []).append(each.right)
    return [
        (tenth / 10, len(each), sum(each) / len(each)) for tenth, each in sorted(tenths.items())
    ]
