"""What a chat template does of its own accord, found by rendering a made-up conversation.

A template is a program that came with the model. Some open every conversation with a system prompt
nobody wrote, strip what the model thought aloud, or write today's date.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from data.errors import BadInputError
from data.records import Message
from train import chat

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

# Words that no template holds.
ASKED, SAID, ASKED_AGAIN, SAID_AGAIN, THOUGHT = "Qaleph", "Abeth", "Qgimel", "Adaleth", "Tvav"


class Habits(NamedTuple):
    """What a template adds, changes and leaves out."""

    opening: str
    """Its own words before the first turn; special tokens not counted."""
    before_answer: str
    """Its own words between what opens an answer and the answer; they are learnt."""
    keeps_turns: bool
    """A conversation reads the same when it goes on."""
    keeps_thoughts: bool
    """`<think>…</think>` in the last answer stays."""
    dated: bool
    """It writes today's date."""


def habits(tokenizer: "PreTrainedTokenizerBase") -> Habits | None:
    """Try a template out; None where it refuses the conversation, or scrambles it."""
    ask, say = Message("user", ASKED), Message("assistant", SAID)
    again, end = Message("user", ASKED_AGAIN), Message("assistant", SAID_AGAIN)
    thinking = Message("assistant", f"<think>\n{THOUGHT}\n</think>\n\n{SAID}")
    try:
        whole = chat.text([ask, say, again, end], tokenizer, ask=False)
        once = chat.text([ask, say], tokenizer, ask=False)
        opened = chat.text([ask], tokenizer, ask=True)
        thought = chat.text([ask, thinking], tokenizer, ask=False)
    except BadInputError:
        return None
    if not _in_order(whole, (ASKED, SAID, ASKED_AGAIN, SAID_AGAIN)) or SAID not in once:
        return None
    opening = _opening(_plain(whole, tokenizer))
    added = once[len(opened) : once.index(SAID)] if once.startswith(opened) else ""
    return Habits(
        opening=opening,
        before_answer=_plain(added, tokenizer).strip(),
        keeps_turns=whole.startswith(once.rstrip()),
        keeps_thoughts=THOUGHT in thought,
        dated="strftime_now" in str(tokenizer.chat_template)
        and str(datetime.now(UTC).year) in opening,
    )


def _in_order(whole: str, words: tuple[str, ...]) -> bool:
    places = [whole.find(word) for word in words]
    return places[0] >= 0 and places == sorted(set(places))


def _opening(whole: str) -> str:
    """What stands before the first question and not before the second one."""
    before_first = whole[: whole.index(ASKED)]
    before_second = whole[whole.index(SAID) + len(SAID) : whole.index(ASKED_AGAIN)]
    shared = 0
    for one, other in zip(reversed(before_first), reversed(before_second), strict=False):
        if one != other:
            break
        shared += 1
    return before_first[: len(before_first) - shared].strip()


def _plain(text: str, tokenizer: "PreTrainedTokenizerBase") -> str:
    """The text without special tokens, which nobody mistakes for words."""
    added = [str(token) for token in tokenizer.added_tokens_decoder.values() if token.special]
    for token in {*added, *tokenizer.all_special_tokens}:
        text = text.replace(token, "")
    return text
