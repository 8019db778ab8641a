"""What people say of answers: the measure of a judge.

Two sources. A file of JSON Lines with `example` and `verdict` (`pass` or `fail`), or as the report
exports codes, where one of the labels is `pass` or `fail`; and the answers that people kept or
rejected in review.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from curation.review import votes
from data import store
from data.errors import BadInputError
from data.records import Drop, Example, Record
from data.workspace import Workspace
from eval.arms import TUNED

Opinion = Literal["pass", "fail"]


class Label(Record, frozen=True):
    """What people say of one answer."""

    example: str
    arm: str
    verdict: Opinion
    people: int = 1
    locator: str = ""


class LabelLine(msgspec.Struct):
    """A line as people write it, or as the report exports it; other fields are of no concern."""

    example: str
    verdict: Opinion | None = None
    labels: tuple[str, ...] = ()
    arm: str = TUNED
    run: str = ""

    @property
    def opinion(self) -> Opinion | None:
        said = {each.strip().casefold() for each in self.labels}
        if self.verdict is not None or ("pass" in said) == ("fail" in said):
            return self.verdict
        return "pass" if "pass" in said else "fail"


def path_of(run: Path) -> Path:
    return run / "labels.jsonl"


def take(file: Path, run: Path) -> int:
    """Keep what a file says of this run's answers beside the run; how many answers that is.

    Where people disagree on an answer it is left out. A file without one usable line is refused.
    """
    lines = list(_read(file, run.name))
    if not lines:
        raise BadInputError(
            f"{file} says pass or fail of no answer of {run.name}. A line is "
            '{"example": "ID", "verdict": "pass"}, or what the report exports after answers were '
            "labelled `pass` or `fail` there."
        )
    kept = list(_agreed(lines))
    store.write_records(path_of(run), kept)
    return len(kept)


def kept(run: Path) -> list[Label]:
    return store.read_there(path_of(run), Label)


def of_review(space: Workspace) -> Iterator[Example]:
    """Training answers that people kept as they are or rejected; none of the locked side."""
    path = space.reviewed
    rows = store.read_there(path, Example)
    dropped = store.read_there(store.drops_path(path), Drop)
    rows += [each.example for each in dropped if each.example is not None]
    for row in rows:
        if row.side != "test" and opinion_of(row):
            yield row


def opinion_of(row: Example) -> Opinion | None:
    """None where nobody looked at it, or the question was to blame."""
    own = [each for each in row.reviews if not each.propagated_from]
    outcome = votes.outcome(own) if own else "undecided"
    if outcome == "keep":
        return "pass"
    return "fail" if outcome == "reject" and votes.blames_the_answer(own) else None


def _read(file: Path, run: str) -> Iterator[Label]:
    if not file.is_file():
        raise BadInputError(f"{file} is not there; --labels takes a file of JSON Lines.")
    for number, line in enumerate(store.read(file, LabelLine), start=1):
        if line.opinion is not None and line.run in ("", run):
            yield Label(line.example, line.arm, line.opinion, 1, f"{file.name}:{number}")


def _agreed(labels: Iterable[Label]) -> Iterator[Label]:
    """One label for each answer, by majority."""
    by_answer: dict[tuple[str, str], list[Label]] = {}
    for each in labels:
        by_answer.setdefault((each.example, each.arm), []).append(each)
    for same in by_answer.values():
        (verdict, most), *others = Counter(each.verdict for each in same).most_common()
        if not others or others[0][1] < most:
            yield msgspec.structs.replace(same[0], verdict=verdict, people=len(same))


def by_answer(labels: Sequence[Label]) -> dict[tuple[str, str], Opinion]:
    return {(each.example, each.arm): each.verdict for each in labels}
