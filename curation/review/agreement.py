"""How far annotators agree, how well each knows what is known, and how both change.

Krippendorff's alpha and Cohen's kappa are NLTK's. The interval around alpha comes from resampling
whole records: the opinions on one record stand or fall together.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import combinations
from statistics import median

import numpy as np
import numpy.typing as npt

from curation.review import pull, votes
from curation.review.decide import Opinions
from curation.review.journal import Asked, Opinion
from curation.review.pairs import Choice
from data import store
from data.errors import BadInputError
from data.records import Record, Review
from data.workspace import Workspace

Label = Hashable
Distance = Callable[[Label, Label], float]
Answers = Mapping[str, Mapping[str, Label]]
"""Record to annotator to what they said."""

SAMPLES = 1000
FEWEST = 5
"""Records with two opinions below which a figure would be mere chance."""
RIGHT = {("keep", "keep"), ("reject", "reject"), ("reject", "fix"), ("fix", "fix")}
"""Expected and given verdicts that count as right: who corrects a planted error has found it."""
STEPS = 4
"""Points at which saturation is looked at."""


class Alpha(Record, frozen=True):
    """Agreement on one question: 1 is perfect, 0 is chance."""

    question: str
    records: int
    """Records with two opinions or more."""
    opinions: int
    alpha: float | None = None
    """None where too few overlapped, or all said the same about everything."""
    low: float | None = None
    high: float | None = None
    """95 % bootstrap interval."""


class Kappa(Record, frozen=True):
    """Agreement of two annotators on the verdict."""

    one: str
    other: str
    records: int
    kappa: float | None = None


class Confusion(Record, frozen=True):
    """How often something was said where something else was known."""

    against: str
    """`gold` or `adjudicator`."""
    known: str
    said: str
    count: int


class Annotator(Record, frozen=True):
    """One person's work."""

    name: str
    opinions: int
    untouched: int
    """Verdicts submitted as a program had filled them in; they are no opinions."""
    seconds: float | None
    """Median per record; None where there were no two in a row."""
    gold_right: int
    gold_seen: int
    confusion: tuple[Confusion, ...] = ()
    with_others: tuple[float | None, float | None] = (None, None)
    """Share of verdicts that agree with the majority of the others: first half, second half."""
    pace: tuple[float | None, float | None] = (None, None)
    """Median seconds: first half, second half."""


class Point(Record, frozen=True):
    """What was known after so many decided records."""

    decided: int
    not_right: int


class Agreement(Record, frozen=True):
    """All of it, as `work/review/agreement.json` and the report hold it."""

    questions: tuple[Alpha, ...]
    pairs: tuple[Kappa, ...]
    annotators: tuple[Annotator, ...]
    saturation: tuple[Point, ...] = ()
    since_new_reason: int = 0
    """Responses since a reason was ticked that nobody had ticked before."""


def run(space: Workspace) -> Agreement:
    """Measure what was pulled, and write it down for the report."""
    told = pull.tell(space)
    if not any(each.status == "submitted" for each in told.opinions):
        raise BadInputError(
            "Nothing was pulled yet; `curate review pull` fetches what annotators submitted."
        )
    found = measure(told.asked, told.opinions, told.heard.opinions, told.choices)
    store.write_json(space.work / "review" / "agreement.json", found)
    return found


def measure(
    asked: Sequence[Asked],
    opinions: Sequence[Opinion],
    heard: Opinions,
    choices: Mapping[str, Sequence[Choice]],
) -> Agreement:
    """Agreement, quality and course of all opinions, given in the order of time."""
    from nltk.metrics.distance import binary_distance, interval_distance

    said = {
        key: [each for each in votes.of_people(reviews) if each.role == "annotator"]
        for key, reviews in heard.items()
    }
    # What was made wrong on purpose is easy, and would make the rest look agreed upon.
    planted = {each.subject for each in asked if each.planted}
    real = {key: told for key, told in said.items() if key not in planted}
    verdicts = {key: {each.annotator: each.verdict for each in told} for key, told in real.items()}
    ratings = {
        key: {each.annotator: each.rating for each in told if each.rating is not None}
        for key, told in real.items()
    }
    reasons = {
        key: {each.annotator: frozenset(each.labels) for each in told if each.labels}
        for key, told in real.items()
    }
    usable = {key: {each.annotator: each.keep for each in told} for key, told in choices.items()}
    return Agreement(
        questions=(
            alpha("verdict", verdicts, binary_distance),
            of_sets("reasons", reasons),
            alpha("quality", ratings, interval_distance),
            alpha("pairs", usable, binary_distance),
        ),
        pairs=tuple(kappas(verdicts)),
        annotators=tuple(_annotators(asked, opinions, heard, said)),
        saturation=tuple(_saturation(opinions, {key: heard[key] for key in real})),
        since_new_reason=_since_new_reason(opinions),
    )


def of_sets(question: str, answers: Answers) -> Alpha:
    """Alpha where each answer is a set: some labels in common are some agreement (MASI)."""
    from nltk.metrics.distance import masi_distance

    return alpha(question, answers, masi_distance)


def alpha(question: str, answers: Answers, distance: Distance) -> Alpha:
    """Krippendorff's alpha with its interval, over the records with two opinions or more."""
    from nltk.metrics.agreement import AnnotationTask

    units = {key: told for key, told in answers.items() if len(told) > 1}
    triples = [(who, key, label) for key, told in units.items() for who, label in told.items()]
    count = len(triples)
    labels = {label for _, _, label in triples}
    if len(units) < FEWEST or len(labels) < 2:
        return Alpha(question, len(units), count)
    value = AnnotationTask(triples, distance=distance).alpha()
    samples = resampled([list(told.values()) for told in units.values()], distance)
    low, high = np.quantile(samples, (0.025, 0.975)) if len(samples) else (value, value)
    return Alpha(
        question, len(units), count, round(value, 4), round(float(low), 4), round(float(high), 4)
    )


def resampled(
    units: Sequence[Sequence[Label]], distance: Distance, *, samples: int = SAMPLES
) -> npt.NDArray[np.float64]:
    """Alpha of records drawn with replacement; samples without any variation are left out."""
    labels = list({label: None for unit in units for label in unit})
    counts = np.array([[unit.count(label) for label in labels] for unit in units], dtype=float)
    apart = np.array([[distance(one, other) for other in labels] for one in labels])
    sizes = counts.sum(axis=1)
    observed = np.einsum("ul,lk,uk->u", counts, apart, counts) / (sizes - 1)
    drawn = np.random.default_rng(0)
    weights = drawn.multinomial(len(units), np.full(len(units), 1 / len(units)), size=samples)
    return _alphas(weights.astype(float), counts, apart, observed)


def _alphas(
    weights: npt.NDArray[np.float64],
    counts: npt.NDArray[np.float64],
    apart: npt.NDArray[np.float64],
    observed: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """One minus observed over expected disagreement, for each row of weights of the records."""
    totals = weights @ counts
    size = totals.sum(axis=1)
    expected = np.einsum("sl,lk,sk->s", totals, apart, totals) / (size - 1)
    varied = expected > 0
    values: npt.NDArray[np.float64] = 1 - (weights @ observed)[varied] / expected[varied]
    return values


def kappas(verdicts: Answers) -> Iterable[Kappa]:
    """Cohen's kappa of every two annotators who saw the same records."""
    from nltk.metrics.agreement import AnnotationTask

    names = sorted({name for told in verdicts.values() for name in told})
    for one, other in combinations(names, 2):
        shared = {key: told for key, told in verdicts.items() if one in told and other in told}
        if not shared:
            continue
        triples = [(who, key, told[who]) for key, told in shared.items() for who in (one, other)]
        if len({label for _, _, label in triples}) < 2:
            yield Kappa(one, other, len(shared))
            continue
        value = AnnotationTask(triples).kappa_pairwise(one, other)
        yield Kappa(one, other, len(shared), round(value, 4))


def _annotators(
    asked: Sequence[Asked],
    opinions: Sequence[Opinion],
    heard: Opinions,
    said: Mapping[str, Sequence[Review]],
) -> Iterable[Annotator]:
    gold = {each.subject: each.gold for each in asked if each.gold}
    final = {
        key: votes.outcome(reviews)
        for key, reviews in heard.items()
        if any(review.role == "adjudicator" for review in reviews)
    }
    names = sorted({each.annotator for told in said.values() for each in told})
    for name in names:
        own = _in_order(name, opinions, said)
        seen = [(gold[key], review.verdict) for key, review in own if key in gold]
        settled = [(final[key], review.verdict) for key, review in own if key in final]
        halves = own[: len(own) // 2], own[len(own) // 2 :]
        yield Annotator(
            name,
            len(own),
            sum(
                each.annotator == name and "verdict" in each.untouched
                for each in opinions
                if each.status == "submitted"
            ),
            _median(review.seconds for _, review in own),
            sum(pair in RIGHT for pair in seen),
            len(seen),
            (*_confused("gold", seen), *_confused("adjudicator", settled)),
            (_with_others(name, halves[0], said), _with_others(name, halves[1], said)),
            (
                _median(review.seconds for _, review in halves[0]),
                _median(review.seconds for _, review in halves[1]),
            ),
        )


def _in_order(
    name: str, opinions: Sequence[Opinion], said: Mapping[str, Sequence[Review]]
) -> list[tuple[str, Review]]:
    """One annotator's reviews in the order in which they were begun."""
    begun = {
        each.subject: each.begun
        for each in opinions
        if each.annotator == name and each.queue == "examples"
    }
    own = [(key, each) for key, told in said.items() for each in told if each.annotator == name]
    return sorted(own, key=lambda pair: (begun.get(pair[0], ""), pair[0]))


def _confused(against: str, seen: Iterable[tuple[str, str]]) -> Iterable[Confusion]:
    for (known, said), count in sorted(Counter(seen).items()):
        yield Confusion(against, known, said, count)


def _with_others(
    name: str, own: Sequence[tuple[str, Review]], said: Mapping[str, Sequence[Review]]
) -> float | None:
    """Share of verdicts that the majority of the others shares; None where nobody else looked."""
    agreed = []
    for key, review in own:
        others = [each for each in said[key] if each.annotator != name]
        outcome = votes.outcome(others)
        if others and outcome != "undecided":
            agreed.append((outcome == "reject") == (review.verdict == "reject"))
    return round(sum(agreed) / len(agreed), 4) if agreed else None


def _saturation(opinions: Sequence[Opinion], heard: Opinions) -> Iterable[Point]:
    """How many decided records were not right as they stood, as the work went on."""
    last = {each.subject: each.at for each in opinions if each.queue == "examples"}
    outcomes = [
        votes.outcome(heard[key])
        for key in sorted((key for key in heard if key in last), key=lambda key: (last[key], key))
    ]
    decided = [outcome for outcome in outcomes if outcome != "undecided"]
    steps = range(1, STEPS + 1) if decided else ()
    for upto in dict.fromkeys(max(1, len(decided) * step // STEPS) for step in steps):
        yield Point(upto, sum(outcome != "keep" for outcome in decided[:upto]))


def _since_new_reason(opinions: Iterable[Opinion]) -> int:
    seen: set[object] = set()
    since = 0
    for each in opinions:
        if each.status != "submitted" or each.queue != "examples":
            continue
        ticked = each.values.get("reasons")
        labels = set(ticked) if isinstance(ticked, list) else set()
        since = 0 if labels - seen else since + 1
        seen |= labels
    return since


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(median(known), 1) if known else None
