from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from data.errors import BadInputError
from data.records import Example, Message, Origin
from tests import make
from tests.train import splits
from train import chat, tiny

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


@pytest.fixture(scope="module")
def tokenizer() -> "PreTrainedTokenizerFast":
    return tiny.tokenizer([text for row in splits.taught() for text in (row.question, row.answer)])


def spoken(tokens: list[int], tokenizer: "PreTrainedTokenizerFast") -> list[str]:
    return [str(tokenizer.decode([token])) for token in tokens]


def test_the_mask_of_a_known_row_token_by_token(tokenizer: "PreTrainedTokenizerFast") -> None:
    row = chat.render(make.example("pause sync how?", "Press the gear, then Pause."), tokenizer)

    masked, learnt = chat.spans(row)

    assert not masked.learnt
    assert learnt.learnt
    assert spoken(masked.tokens, tokenizer) == [
        *("<|bos|>", "<|user|>", "pause", " sync", " how", "?", "<|eos|>", "<|assistant|>")
    ]
    assert spoken(learnt.tokens, tokenizer) == [
        *("Press", " the", " gear", ",", " then", " Pause", ".", "<|eos|>")
    ]


def test_the_end_token_is_learnt_exactly_once(tokenizer: "PreTrainedTokenizerFast") -> None:
    rows = [chat.render(example, tokenizer) for example in splits.taught()]

    assert {row.learnt.count(tokenizer.eos_token_id) for row in rows} == {1}
    assert {row.learnt[-1] for row in rows} == {tokenizer.eos_token_id}


def test_only_the_last_answer_of_a_chat_is_learnt(tokenizer: "PreTrainedTokenizerFast") -> None:
    turns = (
        Message("system", "Be brief."),
        Message("user", "Hello"),
        Message("assistant", "What is it?"),
        Message("user", "Where are my invoices?"),
        Message("assistant", "Under Billing."),
    )
    example = Example.chat(turns, Origin("faq.md", "faq.md#L1"), family="f", side="train")

    row = chat.render(example, tokenizer)

    assert tokenizer.decode(row.learnt) == "Under Billing.<|eos|>"
    assert row.input_ids[: len(row.prompt)] == row.prompt


def test_what_a_template_adds_behind_the_end_token_is_cut(
    tokenizer: "PreTrainedTokenizerFast",
) -> None:
    template = str(tokenizer.chat_template)
    chatty = tiny.tokenizer(["Under Billing."])
    chatty.chat_template = template.replace("+ eos_token", "+ eos_token + '\\n'")

    row = chat.render(make.example("Where?", "Under Billing."), chatty)

    assert chatty.decode(row.learnt) == "Under Billing.<|eos|>"


def test_a_base_without_template_may_speak_as_alpaca() -> None:
    alpaca = tiny.tokenizer(["Under Billing."])
    alpaca.chat_template = None
    with pytest.raises(BadInputError, match="no chat template"):
        chat.prompt_ids([Message("user", "Where?")], alpaca)
    template = files("train") / "templates" / "alpaca.jinja"
    alpaca.chat_template = template.read_text("utf-8")

    row = chat.render(make.example("Where?", "Under Billing."), alpaca)

    asked = "<|bos|>### Instruction:\nWhere?\n\n### Response:\n"
    assert alpaca.decode(row.prompt) == asked
    assert alpaca.decode(row.input_ids) == f"{asked}Under Billing.<|eos|>"


def test_text_outside_the_vocabulary_survives(tokenizer: "PreTrainedTokenizerFast") -> None:
    answer = "Grüße aus 東京 — 5 € 🙂\n\ttab"

    row = chat.render(make.example("Where?", answer), tokenizer)

    assert tokenizer.decode(row.learnt, skip_special_tokens=True) == answer


def test_a_template_that_refuses_a_role_says_which(tokenizer: "PreTrainedTokenizerFast") -> None:
    strict = tiny.tokenizer(["text"])
    strict.chat_template = "{{ raise_exception('only users here') }}"

    with pytest.raises(BadInputError, match="refuses user: only users here"):
        chat.prompt_ids([Message("user", "Hello")], strict)
