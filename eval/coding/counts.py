"""How often each code was given, how far coders agree, and whether reading more would show more."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from curation.review import agreement
from curation.review.agreement import Alpha, Kappa
from data.records import content_id
from data.workspace import Workspace
from eval import statistics
from eval.coding import codings, taxonomy
from eval.coding.codings import Coding
from eval.coding.taxonomy import Code, Taxonomy
from eval.statistics import Interval

SETTLED = 0.05
"""Chance of an unseen code below which reading more of these errors teaches little, if also"""
QUIET = 25
"""errors in a row brought no new code: of fewer the chance is known too badly."""


@dataclass(frozen=True)
class Counted:
    """One code."""

    name: str
    code: Code
    examples: tuple[str, ...]
    """Ids of the wrong answers that anybody gave it to."""
    total: int
    """Errors that were coded."""
    agreed: Alpha
    """Of having it or not, between coders of the same errors."""

    @property
    def key(self) -> str:
        """Of its filter in the report."""
        return f"code-{content_id(self.name)}"

    @property
    def rate(self) -> float:
        return len(self.examples) / self.total

    @cached_property
    def interval(self) -> Interval:
        return statistics.wilson(len(self.examples), self.total)


@dataclass(frozen=True)
class Coded:
    """What people called the errors of one run."""

    errors: int
    """Wrong answers in all."""
    coded: int
    """Those with a code that still stands."""
    coders: tuple[str, ...]
    codes: tuple[Counted, ...]
    """By category, the most frequent first."""
    single: int
    """Codes that only one error has."""
    alone: int
    """Errors with a code that no other error has."""
    since_new: int
    """Errors coded since one brought a new code."""
    agreed: Alpha
    """Of all codes of an error, as a set."""
    kappas: tuple[Kappa, ...]
    again: int
    """Errors with a label that is no code any more, or meant something else when it was given."""
    right: int
    """Right answers that were coded: people may see what the score does not."""
    notes: int
    """Errors with a note and no code."""
    version: int

    @property
    def unseen(self) -> float | None:
        """How likely the next error has a code that none had: Good, Biometrika 40 (1953) 237-264.

        The share of errors that would each have brought a new code, had it come last; with one
        code an error, codes seen once over errors read. None where nothing is coded.
        """
        return self.alone / self.coded if self.coded else None

    @property
    def is_settled(self) -> bool:
        """Whether reading more of these errors teaches little."""
        seldom = self.unseen is not None and self.unseen < SETTLED
        return seldom and self.since_new >= QUIET

    @property
    def categories(self) -> list[tuple[str, list[Counted]]]:
        """The codes by category, in their order."""
        found: dict[str, list[Counted]] = {}
        for each in self.codes:
            found.setdefault(each.code.parent, []).append(each)
        return list(found.items())

    @property
    def bare(self) -> int:
        """Codes in use without a category or a meaning."""
        return sum(not (each.code.parent and each.code.definition) for each in self.codes)


def of_run(space: Workspace, run: str, wrong: Iterable[str]) -> Coded | None:
    """What was said of a run with these wrong answers; None where nobody coded it."""
    given = list(codings.of_run(codings.read(space), run))
    codes = taxonomy.load(space)
    return count(given, codes, frozenset(wrong)) if given and codes else None


def count(given: Sequence[Coding], codes: Taxonomy, wrong: frozenset[str]) -> Coded:
    """The codes of the wrong answers, under the taxonomy as it is now."""
    of_errors = [each for each in given if each.example in wrong]
    named = [(each, _names(each, codes)) for each in of_errors]
    by_error: dict[str, set[str]] = {}
    for each, names in sorted(named, key=lambda pair: (pair[0].at, pair[0].example)):
        if names:
            by_error.setdefault(each.example, set()).update(names)
    times = Counter(name for names in by_error.values() for name in names)
    said = _by_coder(named)
    return Coded(
        errors=len(wrong),
        coded=len(by_error),
        coders=tuple(sorted({each.coder for each in of_errors})),
        codes=tuple(_counted(times, by_error, said, codes)),
        single=sum(count == 1 for count in times.values()),
        alone=sum(any(times[name] == 1 for name in names) for names in by_error.values()),
        since_new=_since_new(list(by_error.values())),
        agreed=agreement.of_sets("codes", said),
        kappas=tuple(agreement.kappas(said)),
        again=len({each.example for each, _ in named if _is_asked_again(each, codes)}),
        right=len({each.example for each in given} - wrong),
        notes=len({each.example for each in of_errors} - by_error.keys()),
        version=codes.version,
    )


def _names(coding: Coding, codes: Taxonomy) -> frozenset[str]:
    named = (codes.name_of(label, coding.taxonomy) for label in coding.labels)
    return frozenset(filter(None, named))


def _is_asked_again(coding: Coding, codes: Taxonomy) -> bool:
    return any(codes.name_of(label, coding.taxonomy) is None for label in coding.labels)


def _by_coder(
    named: Iterable[tuple[Coding, frozenset[str]]],
) -> dict[str, dict[str, frozenset[str]]]:
    said: dict[str, dict[str, frozenset[str]]] = {}
    for each, names in named:
        if names:
            said.setdefault(each.example, {})[each.coder] = names
    return said


def _counted(
    times: Counter[str],
    by_error: Mapping[str, set[str]],
    said: Mapping[str, Mapping[str, frozenset[str]]],
    codes: Taxonomy,
) -> list[Counted]:
    found = []
    for name in times:
        has = {
            key: {coder: name in names for coder, names in told.items()}
            for key, told in said.items()
        }
        examples = tuple(key for key, names in by_error.items() if name in names)
        agreed = agreement.alpha(name, has, _differ)
        found.append(Counted(name, codes.codes[name], examples, len(by_error), agreed))
    size = Counter({each.code.parent: 0 for each in found})
    for each in found:
        size[each.code.parent] += len(each.examples)
    return sorted(
        found,
        key=lambda each: (
            not each.code.parent,
            -size[each.code.parent],
            each.code.parent,
            -len(each.examples),
            each.name,
        ),
    )


def _since_new(names: Sequence[set[str]]) -> int:
    """How many errors were coded since one had a code that none before had."""
    seen: set[str] = set()
    since = 0
    for each in names:
        since = since + 1 if each <= seen else 0
        seen |= each
    return since


def _differ(one: object, other: object) -> float:
    return float(one != other)
