"""The texts on which an export is compared with the run."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from data import store
from data.errors import BadInputError
from data.records import Example, Message
from data.workspace import Workspace
from train import chat
from train.runs import RunManifest

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

ROWS = 16
"""Rows of the training data that are compared."""


class Probe(NamedTuple):
    messages: tuple[Message, ...]
    """What is asked."""
    ids: list[int]
    """The tokens that are compared: of the question, and of its answer where one is known."""
    prompt: list[int]
    """Those of the question."""
    known: bool
    """Whether it was trained on, so that its answer is meant to be sure."""


def choose(
    space: Workspace, run: RunManifest, tokenizer: "PreTrainedTokenizerBase"
) -> list[Probe]:
    """Rows that the run was trained on, where they are still there, and turns of other shapes."""
    return [
        *(_known(row, tokenizer) for row in _rows(space, run)),
        *_shapes(tokenizer),
    ]


def _rows(space: Workspace, run: RunManifest) -> list[Example]:
    """Some of the training rows, from all over the file."""
    trained = run.split[0]
    if store.changed(trained, space.root):
        return []
    rows = list(store.read(space.root / trained.path, Example))
    return rows[:: -(-len(rows) // ROWS)]


def _known(row: Example, tokenizer: "PreTrainedTokenizerBase") -> Probe:
    rendered = chat.render(row, tokenizer)
    return Probe(row.prompt, rendered.input_ids, rendered.prompt, known=True)


def _shapes(tokenizer: "PreTrainedTokenizerBase") -> Iterator[Probe]:
    """Other scripts, code, several turns, a system message, as far as the template takes them."""
    system = Message("system", "You answer for the help desk.")
    first, reply = Message("user", "Hello!"), Message("assistant", "Hello. What is it about?")
    texts = (
        "Don't panic: 3.14 * 2 = 6.28, isn't it?",
        "Zürich, São Paulo, 東京, Москва, القاهرة 🙂👩‍💻",
        'def paid(x):\n    return {"a": [x, None]}  # done',
        "a   b\t\tc\n\n\nd",
    )
    chats = [(Message("user", text),) for text in texts]
    for messages in (*chats, (system, first), (first, reply, Message("user", "My invoice."))):
        try:
            prompt = chat.prompt_ids(messages, tokenizer)
        except BadInputError:
            continue  # Templates may refuse a system message.
        yield Probe(messages, prompt, prompt, known=False)
