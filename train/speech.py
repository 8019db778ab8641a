"""One answer of the student, piece by piece, as `train chat` and `train serve` give it.

Greedy at temperature 0, where it says what `Student.answer` says; else drawn by a seed.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from train import decoding

if TYPE_CHECKING:
    from train.student import Student

BROKEN = "\ufffd"
"""What decoding shows for a character of which not all bytes have been said yet."""


class Manner(NamedTuple):
    """How an answer is to be given."""

    max_new_tokens: int
    temperature: float = 0.0
    seed: int | None = None
    """Equal seeds, equal answers; None draws one."""
    stop: tuple[str, ...] = ()
    """Texts before which the answer ends."""


class Piece(NamedTuple):
    """The next characters of an answer; the last piece says how it ended."""

    text: str
    tokens: int
    """Said so far, without the end token."""
    finish: Literal["stop", "length"] | None = None


def room(student: "Student", prompt: Sequence[int]) -> int:
    """How many tokens still fit behind a prompt; none or less where it is too long itself."""
    return student.positions - len(prompt)


def say(student: "Student", prompt: Sequence[int], manner: Manner) -> Iterator[Piece]:
    """Answer to the tokens of a prompt. Closing the iterator ends the answer."""
    spoken: list[int] = []
    told = 0
    for token in _tokens(student, prompt, manner):
        if token == student.tokenizer.eos_token_id:
            break
        spoken.append(token)
        text = _text(student, spoken)
        if (end := _stopped_at(text, manner.stop)) is not None:
            yield Piece(text[told:end], len(spoken), "stop")
            return
        ready = _ready(text, manner.stop)
        if ready > told:
            yield Piece(text[told:ready], len(spoken))
            told = ready
    else:
        yield Piece(_text(student, spoken)[told:], len(spoken), "length")
        return
    yield Piece(_text(student, spoken)[told:], len(spoken), "stop")


def _tokens(student: "Student", prompt: Sequence[int], manner: Manner) -> Iterator[int]:
    import torch

    drawn = torch.Generator()
    if manner.seed is None:
        drawn.seed()
    else:
        drawn.manual_seed(manner.seed)
    known: object = None
    fed = list(prompt)
    for _ in range(manner.max_new_tokens):
        with torch.inference_mode():
            said = student.model(
                input_ids=torch.tensor([fed], device=student.model.device),
                past_key_values=known,
                use_cache=True,
            )
        known = said.past_key_values
        token = int(decoding.choose(said.logits[:, -1].float(), manner.temperature, drawn))
        yield token
        fed = [token]


def _text(student: "Student", spoken: list[int]) -> str:
    return str(student.tokenizer.decode(spoken, skip_special_tokens=True))


def _stopped_at(text: str, stop: Sequence[str]) -> int | None:
    """Where the first of the stop texts begins."""
    places = [place for each in stop if (place := text.find(each)) >= 0]
    return min(places, default=None)


def _ready(text: str, stop: Sequence[str]) -> int:
    """How much of a text can be told: no broken character, and nothing that may become a stop."""
    whole = len(text.rstrip(BROKEN))
    begun = [
        size for each in stop for size in range(1, len(each)) if text[:whole].endswith(each[:size])
    ]
    return whole - max(begun, default=0)
