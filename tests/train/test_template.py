"""What a chat template does of its own accord."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from data.records import Example, Message, Origin
from tests import make
from train import chat, checks, rules, template, tiny
from train.checks import Limits

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

# As bases of several makers write them, in short.
CHATML = (
    "{% for m in messages %}<|user|>{{ m.role }}\n{{ m.content }}<|eos|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|user|>assistant\n{% endif %}"
)
INJECTS = (
    "{% if messages[0].role != 'system' %}<|user|>system\nYou are Owl, made by Owls.<|eos|>\n"
    "{% endif %}" + CHATML
)
DATED = "<|bos|><|user|>system\nToday Date: {{ strftime_now('%d %b %Y') }}<|eos|>\n" + CHATML
STRIPS = CHATML.replace("m.content", "m.content.split('</think>')[-1].strip()")
STRIPS_EARLIER = CHATML.replace(
    "{{ m.content }}",
    "{% if loop.last %}{{ m.content }}{% else %}{{ m.content.split('</think>')[-1] }}{% endif %}",
)
THINKS = CHATML.replace(
    "{{ m.content }}",
    "{% if m.role == 'assistant' %}<think>\n</think>\n{% endif %}{{ m.content }}",
)
ALPACA = (
    "Below is an instruction.\n\n{% for m in messages %}{% if m.role == 'user' %}### Instruction:\n"
    "{{ m.content }}\n\n{% else %}### Response:\n{{ m.content }}<|eos|>{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}### Response:\n{% endif %}"
)
LEAVES_OUT_SYSTEM = CHATML.replace(
    "{% for m in messages %}", "{% for m in messages if m.role != 'system' %}"
)


def speaking(text: str) -> "PreTrainedTokenizerFast":
    tokenizer = tiny.tokenizer(["Where are my invoices? Under Billing. system user assistant"])
    tokenizer.chat_template = text
    return tokenizer


def habits(text: str) -> template.Habits:
    found = template.habits(speaking(text))
    assert found
    return found


def failed(text: str, *turns: Message) -> list[str]:
    """The names of the rules that one example breaks under this template."""
    origin = Origin("faq.md", "faq.md#L1")
    row = chat.render(
        Example.chat(turns, origin, family="f", side="train"), speaking(text), every_turn=False
    )
    limits = Limits(bos=0, eos=1, pad=2, tokens=9, embeddings=9, positions=999, template=True)
    return [each.name for each in rules.check([row], limits, 512) if each.state == "fail"]


ASK = Message("user", "Where are my invoices?")
THOUGHT = Message("assistant", "<think>\nThey mean bills.\n</think>\n\nUnder Billing.")


def test_a_plain_template_adds_nothing() -> None:
    found = habits(CHATML)

    assert found == template.Habits("", "", keeps_turns=True, keeps_thoughts=True, dated=False)
    assert {each.state for each in checks.of_template(found)} == {"pass"}


def test_the_template_of_the_tiny_model_adds_nothing() -> None:
    found = template.habits(tiny.tokenizer(["Under Billing."]))

    assert found == template.Habits("", "", keeps_turns=True, keeps_thoughts=True, dated=False)


def test_an_injected_system_prompt_is_told_in_its_words() -> None:
    (check, _) = checks.of_template(habits(INJECTS))

    assert check.state == "warn"
    assert "without system turn with “system You are Owl, made by Owls.”" in check.found
    assert "Below is an instruction." in habits(ALPACA).opening


def test_a_template_that_writes_the_date_is_told() -> None:
    found = habits(DATED)

    assert found.dated
    assert str(datetime.now(UTC).year) in found.opening


def test_words_that_every_answer_begins_with_are_told() -> None:
    assert habits(THINKS).before_answer == "<think>\n</think>"


def test_thinking_that_is_stripped_from_a_learnt_answer_is_refused() -> None:
    assert not habits(STRIPS).keeps_thoughts
    assert failed(STRIPS, ASK, THOUGHT) == ["whole answers"]
    assert failed(CHATML, ASK, THOUGHT) == []


def test_thinking_that_is_stripped_from_earlier_answers_is_no_error() -> None:
    found = habits(STRIPS_EARLIER)

    assert found.keeps_thoughts
    assert failed(STRIPS_EARLIER, ASK, THOUGHT, ASK, Message("assistant", "There.")) == []


def test_a_system_turn_that_is_left_out_is_refused() -> None:
    brief = Message("system", "Be brief.")

    assert failed(LEAVES_OUT_SYSTEM, brief, ASK, Message("assistant", "There.")) == [
        "whole questions"
    ]


def test_a_template_that_refuses_two_questions_is_said_to_be_untried() -> None:
    once = "{% if messages|length > 2 %}{{ raise_exception('one question') }}{% endif %}" + CHATML

    (check,) = checks.of_template(template.habits(speaking(once)))

    assert (check.state, "could not be tried out" in check.found) == ("warn", True)


def test_a_row_as_long_as_a_book_is_refused_with_its_length() -> None:
    long = chat.render(make.example("Why?", "Billing " * 100_000), speaking(CHATML))
    limits = Limits(bos=0, eos=1, pad=2, tokens=9, embeddings=9, positions=999, template=True)

    first, *_ = rules.check([long], limits, 512)

    assert first.state == "fail"
    assert f"has {len(long.input_ids)} tokens, more than max_length = 512" in first.found
