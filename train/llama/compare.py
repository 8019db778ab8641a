"""A GGUF file against the model that it was made from: what llama.cpp makes of it, and answers."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from data import terminal
from data.errors import BadInputError
from train import bases, chat
from train.llama import engine
from train.llama.convert import Facts
from train.llama.engine import Engine, EngineError
from train.probes import Probe
from train.proof import Claim, not_run
from train.student import Reply, Student

ANSWER_TOKENS = 160
"""An answer is compared so far."""
AGREE = 0.9
"""The share of answers to what was trained that must be the same; sums are rounded otherwise in
llama.cpp, so where two tokens are as likely the other one may come."""
TOKENS, PROMPT, ANSWERS = (
    "llama.cpp cuts text into the same tokens",
    "the chat template in the file writes the same prompts",
    "llama.cpp gives the same greedy answers as transformers",
)


def claims(file: Path, model: Path, facts: Facts, probes: Sequence[Probe]) -> Iterator[Claim]:
    """Raises nothing where llama.cpp cannot be had: the claims say that they were not looked at."""
    tokenizer = bases.read_tokenizer(model)
    yield Claim(
        "template and end token in the file as in the tokenizer",
        f"{facts.architecture}, {facts.tensors} tensors, {facts.tokens:,} tokens",
        "equal",
        holds=(facts.template, facts.eos) == (tokenizer.chat_template, tokenizer.eos_token_id),
    )
    try:
        engine.find()
        with (
            terminal.waiting("Asking llama.cpp and transformers the same"),
            engine.serving(file, facts.context) as asked,
        ):
            yield from _asked(asked, Student.of(bases.read_weights(model), tokenizer), probes)
    except BadInputError as error:
        yield from (not_run(claim, str(error)) for claim in (TOKENS, PROMPT, ANSWERS))
    except EngineError as error:
        yield Claim("llama.cpp reads the file and answers", str(error), "yes", holds=False)


def _asked(asked: Engine, student: Student, probes: Sequence[Probe]) -> Iterator[Claim]:
    texts = [str(student.tokenizer.decode(probe.ids)) for probe in probes]
    ids = [student.tokenizer.encode(text, add_special_tokens=False) for text in texts]
    yield _share(TOKENS, [asked.tokens(text) == own for text, own in zip(texts, ids, strict=True)])
    yield _share(PROMPT, [_same_prompt(asked, student, probe) for probe in probes])
    known = [probe for probe in probes if probe.known]
    replies = student.answer(
        [probe.messages for probe in known], max_new_tokens=ANSWER_TOKENS, batch_size=8
    )
    same = [_same_answer(asked, *pair) for pair in zip(known, replies, strict=True)]
    if same:
        yield _share(ANSWERS, same, AGREE)
    else:
        yield not_run(ANSWERS, "the rows of the training are gone or changed")


def _same_prompt(asked: Engine, student: Student, probe: Probe) -> bool:
    """But for the begin token, which llama.cpp takes off where it adds one itself."""
    bos = str(student.tokenizer.bos_token)
    own = chat.text(probe.messages, student.tokenizer, ask=True)
    return asked.prompt(probe.messages).removeprefix(bos) == own.removeprefix(bos)


def _same_answer(asked: Engine, probe: Probe, reply: Reply) -> bool:
    said = asked.answer(probe.messages, ANSWER_TOKENS)
    return (said.text, said.ended) == (reply.text, reply.stop == "eos")


def _share(claim: str, same: Sequence[bool], least: float = 1.0) -> Claim:
    bound = "all" if least == 1 else f"at least {least:.0%}"
    holds = sum(same) >= least * len(same)
    return Claim(claim, f"{sum(same)} of {len(same)}", bound, holds=holds)
