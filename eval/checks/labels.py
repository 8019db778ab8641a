"""Expected answers that may be wrong: different models agree with one another and not with them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from eval import scores
from eval.checks import agreement, refusal
from eval.items import Item

METHOD = "label-suspect@1"
MEANING = (
    "All models say the same, and it contradicts the expected answer: look at the expected answer "
    "before you make data for it."
)
MIN_MODELS = 2


class Suspect(NamedTuple):
    """An item, and what all say instead of the expected answer."""

    item: Item
    said: str
    models: int


def find(items: Iterable[Item], said: Mapping[str, Sequence[str]]) -> Iterator[Suspect]:
    """`said` holds for each item what each arm answered."""
    for item in items:
        texts = said.get(item.id, ())
        if len(texts) < MIN_MODELS or not scores.normalise(texts[0]):
            continue
        alike = all(agreement.agree(texts[0], text) for text in texts[1:])
        if alike and _is_opposed(texts[0], item.expected):
            yield Suspect(item, texts[0], len(texts))


def _is_opposed(said: str, expected: str) -> bool:
    """What merely says it in other words is no reason to doubt; a refusal claims nothing."""
    return refusal.stance(said) == "answered" and agreement.contradict(said, expected)
