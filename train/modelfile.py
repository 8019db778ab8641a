"""Ollama's Modelfile, with the chat template of the model put into Ollama's own language.

Ollama reads no Jinja. What a chat template writes around each turn is found by asking it; where it
does no more than that, the same is said in a Go template. `render` reads that template back, so
that both can be compared on real messages.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jinja2 import Environment, StrictUndefined

from data import store
from data.errors import BadInputError
from data.records import Message
from train import chat
from train.llama.convert import Facts
from train.probes import Probe
from train.proof import Claim

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

MARK = "\ufdd0{}\ufdd1"
"""Stands for the words of a turn; these two are no characters, so no template means them."""
CONTEXT = 4096
"""Tokens that Ollama keeps room for, where the model reads as many."""
ACTION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)

Write = Callable[[Sequence[Message]], str]
"""Messages by the chat template, an answer wanted."""


class Around(NamedTuple):
    """What stands before and behind the words of a turn."""

    before: str
    behind: str


class Turns(NamedTuple):
    """A chat template that does no more than wrap turns, up to where an answer is to begin."""

    opening: str
    """What stands before all, where no system message does: the begin token, and what some
    templates say of themselves."""
    system: Around | None
    """None where the template takes or writes no such message."""
    question: str
    """Before the words of a user."""
    reply: Around
    """Around those of the assistant; what closes the question comes with it."""
    asking: str
    """Behind the last question."""


def write(
    folder: Path,
    gguf: str,
    tokenizer: "PreTrainedTokenizerBase",
    facts: Facts,
    probes: Sequence[Probe],
) -> Iterator[Claim]:
    """Write the Modelfile beside the GGUF file, and compare what it says."""
    ends = [str(tokenizer.convert_ids_to_tokens(end)) for end in facts.ends]
    go = template(tokenizer, bos_added=facts.add_bos)
    written = text(gguf, go, ends, min(facts.context, CONTEXT))
    store.write_bytes(folder / "Modelfile", written.encode())
    yield _same(go, tokenizer, facts, [probe.messages for probe in probes])
    stops = re.findall(r'^PARAMETER stop "(.*)"$', written, re.MULTILINE)
    yield Claim(
        "the Modelfile stops at each end token", ", ".join(stops), "all", holds=stops == ends
    )


def template(tokenizer: "PreTrainedTokenizerBase", *, bos_added: bool) -> str:
    """The TEMPLATE. `bos_added`: whether Ollama writes the begin token itself."""
    found = _find(
        lambda messages: chat.text(messages, tokenizer, ask=True),
        str(tokenizer.bos_token),
        str(tokenizer.eos_token),
    )
    if bos_added:
        found = _without(found, str(tokenizer.bos_token))
    return _go(found)


def text(gguf: str, go: str, ends: Sequence[str], context: int) -> str:
    """The whole Modelfile. It answers as it was evaluated: the likeliest token each time."""
    lines = [f"FROM ./{gguf}", f'TEMPLATE """{go}"""']
    lines += [f'PARAMETER stop "{end}"' for end in ends]
    lines += [
        "PARAMETER temperature 0",
        "PARAMETER repeat_penalty 1",
        f"PARAMETER num_ctx {context}",
    ]
    return "\n".join(lines) + "\n"


def render(go: str, messages: Sequence[Message]) -> str:
    """What Ollama makes of messages, for the part of Go's language that `template` writes."""
    texts: list[str] = []
    jinja: list[str] = []
    opened: list[str] = []
    for place, piece in enumerate(ACTION.split(go)):
        if place % 2:
            jinja.append(_in_jinja(piece.strip(), opened))
        else:
            jinja.append(f"{{{{ texts[{len(texts)}] }}}}")
            texts.append(piece)
    language = Environment(undefined=StrictUndefined, autoescape=False)
    system = "\n\n".join(turn.content for turn in messages if turn.role == "system")
    given = {"texts": texts, "messages": messages, "system": system}
    return language.from_string("".join(jinja)).render(given)


def _find(write: Write, bos: str, eos: str) -> Turns:
    """See how the template writes turns."""
    user, assistant = Message("user", MARK.format("u")), Message("assistant", MARK.format("a"))
    opening, *rest = write([user]).split(user.content)
    again, *later = write([user, assistant, user]).split(user.content)
    if len(rest) != 1 or (again, later[-1:]) != (opening, rest) or len(later) != 2:
        raise _too_much("a turn is written otherwise once a later one follows")
    before, *behind = later[0].split(assistant.content)
    if len(behind) != 1:
        raise _too_much("it changes what the assistant has said")
    # Neither a begin token nor an end token is part of how a question begins.
    question = _common_end(opening.removeprefix(bos), behind[0].rpartition(eos)[2])
    found = Turns(
        opening=opening.removesuffix(question),
        system=None,
        question=question,
        reply=Around(before, behind[0].removesuffix(question)),
        asking=rest[0],
    )
    return found._replace(system=_system(write, user, found))


def _system(write: Write, user: Message, found: Turns) -> Around | None:
    """How a system message is written; None where the template refuses it or leaves it out."""
    system = Message("system", MARK.format("s"))
    try:
        headed = write([system, user])
    except BadInputError:
        return None
    first = found.question + user.content + found.asking
    before, *behind = headed.removesuffix(first).split(system.content)
    if not headed.endswith(first) or len(behind) > 1 or (not behind and before != found.opening):
        raise _too_much("a system message changes how the first question is written")
    return Around(before, behind[0]) if behind else None


def _without(found: Turns, bos: str) -> Turns:
    """For a program that writes the begin token itself."""
    opening = found.opening.removeprefix(bos)
    if found.system is None:
        return found._replace(opening=opening)
    system = found.system._replace(before=found.system.before.removeprefix(bos))
    return found._replace(opening=opening, system=system)


def _go(found: Turns) -> str:
    """The turns in Go's language. `.System` is what the system messages say, empty for none."""
    opening = _literal(found.opening)
    branches = [
        f'if eq .Role "user" }}}}{_literal(found.question)}{{{{ .Content }}}}',
        f'if eq .Role "assistant" }}}}{_said(found.reply)}',
    ]
    if found.system:
        branches.append(f'if eq .Role "system" }}}}{_said(found.system)}')
        opening = opening and f"{{{{ if not .System }}}}{opening}{{{{ end }}}}"
    turns = "{{ " + "{{ else ".join(branches) + "{{ end }}"
    return f"{opening}{{{{ range .Messages }}}}{turns}{{{{ end }}}}{_literal(found.asking)}"


def _said(around: Around) -> str:
    return f"{_literal(around.before)}{{{{ .Content }}}}{_literal(around.behind)}"


def _literal(text: str) -> str:
    """Text as it stands, or quoted where Go or the Modelfile would read more into it."""
    if "{{" in text or "}}" in text or '"""' in text:
        quoted = json.dumps(text, ensure_ascii=False)
        return "{{ " + quoted.replace("{", r"\u007b").replace("}", r"\u007d") + " }}"
    return text


def _same(
    go: str,
    tokenizer: "PreTrainedTokenizerBase",
    facts: Facts,
    asked: Sequence[Sequence[Message]],
) -> Claim:
    begin = str(tokenizer.bos_token) if facts.add_bos else ""
    same = [
        begin + render(go, messages) == chat.text(messages, tokenizer, ask=True)
        for messages in asked
    ]
    found = f"{sum(same)} of {len(same)}"
    return Claim("the Modelfile's template writes the same prompts", found, "all", holds=all(same))


def _in_jinja(action: str, opened: list[str]) -> str:
    """An action of Go's language; `opened` are the blocks around it, the innermost last."""
    if action == "end":
        return f"{{% end{opened.pop()} %}}"
    if action == "range .Messages":
        opened.append("for")
        return "{% for turn in messages %}"
    if action == "if not .System":
        opened.append("if")
        return "{% if not system %}"
    if action == ".Content":
        return "{{ turn.content }}"
    if role := re.fullmatch(r'(else )?if eq \.Role "(\w+)"', action):
        if not role[1]:
            opened.append("if")
        return f'{{% {"elif" if role[1] else "if"} turn.role == "{role[2]}" %}}'
    return f"{{{{ {action} }}}}"  # a quoted text


def _common_end(one: str, other: str) -> str:
    """How both end."""
    size = min(len(one), len(other))
    while one[len(one) - size :] != other[len(other) - size :]:
        size -= 1
    return one[len(one) - size :]


def _too_much(why: str) -> BadInputError:
    return BadInputError(
        f"The chat template of this model does more than wrap turns ({why}), which Ollama's "
        "templates cannot do. `--to gguf` keeps it as it is, for llama-server."
    )
