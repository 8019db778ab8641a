"""Why a slice fails, before anybody writes data for it: new rows mend few of the reasons."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from eval import scores
from eval.arms import BASE, TUNED
from eval.comparison import Result, check_name
from eval.items import UNSEEN_SOURCE

MOSTLY = 0.5
"""Share of the wrong answers that must show a pattern."""
FEW_ROWS = 4
"""Training rows of a fact below which it counts as hardly taught."""

Taught = Mapping[str, Sequence[str]]
"""By family the answers of its training rows."""


@dataclass(frozen=True)
class Diagnosis:
    """What is probably wrong, and what would mend it."""

    name: str
    remedy: str
    wants_data: bool = False


CUT_OFF = Diagnosis(
    "answers cut off",
    "Raise max_new_tokens under [evaluate], or look why the model does not stop; no new data.",
)
UNLEARNT = Diagnosis(
    "known before training",
    "The base had these right. Train fewer epochs, or mix in rows that keep what it knew; look for "
    "training rows that contradict.",
)
FORGOTTEN = Diagnosis(
    "forgotten",
    "The base had these right, and the tuned model has forgotten other things too. Train fewer "
    "epochs or with a lower learning_rate, or mix in rows that are not about your subject.",
)
DOUBTFUL = Diagnosis(
    "expected answers in doubt",
    "Base and tuned model agree with each other and not with the expected answer. Check that first.",
)
NEVER_TAUGHT = Diagnosis(
    "never taught",
    "No training row is from these sources. Let the model look them up, or teach them; other "
    "wordings of what it knows will not help.",
)
CONFLICTING = Diagnosis(
    "conflicting training rows",
    "The training rows of these facts give several answers. Settle which is right; do not add.",
)
TOO_LONG = Diagnosis(
    "answers too long", "Shorten the training answers of these facts; no new questions."
)
COVERAGE_GAP = Diagnosis(
    "hardly taught",
    "Few training rows teach these facts. Write new wordings from their sources.",
    wants_data=True,
)
BY_HEART = Diagnosis(
    "known by heart only",
    "The model knows these facts in the words of training and not in others. Write new wordings "
    "from their sources.",
    wants_data=True,
)
NOT_TAKEN_UP = Diagnosis(
    "taught, not taken up",
    "Many training rows teach these facts, so more of the same will not help. Look at the rows "
    "nearest to the errors, train longer, or take a larger base.",
)


def diagnose(wrong: Sequence[Result], taught: Taught, *, forgot: bool = False) -> Diagnosis:
    """The first pattern that most of the wrong answers show.

    `forgot` is whether the model also lost what training was not about.
    """
    patterns: tuple[tuple[Callable[[Result], bool], Diagnosis], ...] = (
        (lambda each: _has(each, "truncated"), CUT_OFF),
        (lambda each: each.outcome == "broken", FORGOTTEN if forgot else UNLEARNT),
        (_agree_on_another, DOUBTFUL),
        (lambda each: each.item.question_set == UNSEEN_SOURCE, NEVER_TAUGHT),
        (lambda each: _answers(each, taught) > 1, CONFLICTING),
        (lambda each: _has(each, "too-long"), TOO_LONG),
        (lambda each: len(taught.get(each.item.example.family, ())) < FEW_ROWS, COVERAGE_GAP),
    )
    for shows, diagnosis in patterns:
        if sum(map(shows, wrong)) >= MOSTLY * len(wrong):
            return diagnosis
    return NOT_TAKEN_UP


def _has(result: Result, check: str) -> bool:
    return any(each.arm == TUNED and check_name(each) == check for each in result.findings)


def _agree_on_another(result: Result) -> bool:
    base, tuned = (result.grades[arm].answer.text for arm in (BASE, TUNED))
    return scores.is_exact(base, tuned) and not result.grades[TUNED].exact


def _answers(result: Result, taught: Taught) -> int:
    """How many different answers the training rows of its fact give."""
    return len({scores.normalise(each) for each in taught.get(result.item.example.family, ())})
