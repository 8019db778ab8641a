import pytest

from data.errors import BadInputError
from tests import make
from train import checks, rules
from train.chat import MASKED, Fitted, Row
from train.checks import Limits

BOS, EOS, PAD, ASK = 0, 1, 2, 3
LIMITS = Limits(
    bos=BOS,
    eos=EOS,
    pad=PAD,
    tokens=100,
    embeddings=100,
    positions=64,
    template=True,
    other_specials=("<|pad|>", "<|bos|>"),
)


def row(answer: list[int], *, prompt: tuple[int, ...] = (BOS, 10, ASK)) -> Row:
    asked = list(prompt)
    return Row(make.example(), asked + answer, [MASKED] * len(asked) + answer, asked)


def refused(*rows: Row, limits: Limits = LIMITS, max_length: int = 16) -> str:
    try:
        checks.refuse_tokenizer(limits)
        checks.refuse(list(rules.check(rows, limits, max_length)))
    except BadInputError as error:
        return str(error)
    pytest.fail("nothing was refused")


def test_a_sound_row_passes() -> None:
    checks.refuse_tokenizer(LIMITS)
    assert {each.state for each in rules.check([row([20, 21, EOS])], LIMITS, 16)} == {"pass"}


def test_an_over_long_row_is_named_with_its_length_and_what_to_do() -> None:
    long = row([20] * 13 + [EOS])

    said = refused(row([20, EOS]), long, long)

    assert f"row {long.example.id} (faq.md#L1) has 17 tokens, more than max_length = 16" in said
    assert "raise it under [train.trainer]" in said
    assert "Such rows in all: 2" in said


def test_a_row_longer_than_the_model_can_read_is_refused() -> None:
    said = refused(row([20] * 70 + [EOS]), max_length=500)

    assert "has 74 tokens, more than the 64 tokens that the model can read" in said


def test_an_answer_without_end_token_is_refused() -> None:
    assert "the model would never stop" in refused(row([20, 21]))


def test_a_second_end_token_is_refused() -> None:
    assert "end token stands inside the answer" in refused(row([20, EOS, 21, EOS]))


def test_an_empty_answer_is_refused() -> None:
    assert "no token of the answer is learnt" in refused(row([EOS]))


def test_a_second_begin_token_is_refused() -> None:
    assert "two begin tokens" in refused(row([20, EOS], prompt=(BOS, BOS, ASK)))


def test_a_row_that_does_not_begin_with_its_prompt_is_refused() -> None:
    merged = row([20, EOS])._replace(prompt=[BOS, 10, 99])

    assert "asked otherwise than it was taught" in refused(merged)


def test_padding_with_the_end_token_is_refused_and_names_others() -> None:
    said = refused(row([20, EOS]), limits=LIMITS._replace(pad=EOS))

    assert "Set pad_token under [train.model]" in said
    assert "`<|pad|>`, `<|bos|>`" in said


def test_a_tokenizer_larger_than_the_model_is_refused() -> None:
    said = refused(row([20, EOS]), limits=LIMITS._replace(tokens=101))

    assert "knows 101 tokens and the model only 100" in said


def test_a_model_without_chat_template_is_refused() -> None:
    assert "no chat template" in refused(row([20, EOS]), limits=LIMITS._replace(template=False))


def test_rows_and_tokens_are_counted() -> None:
    counts = checks.count([row([20, EOS]), row([20] * 14 + [EOS])], max_length=16)

    assert (counts.rows, counts.tokens, counts.learnt, counts.over_long) == (2, 23, 17, 1)
    assert len(counts.longest.input_ids) == 18


def test_a_refusal_names_what_else_failed() -> None:
    said = refused(row([20, 21]), row([20, EOS, 21, EOS]))

    assert said.startswith("end token: In row")
    assert "Failed too: one end token" in said


def test_a_begin_token_that_the_template_forgets_is_warned_of() -> None:
    unbegun = row([20, EOS], prompt=(10, ASK))

    *_, last = rules.check([unbegun], LIMITS._replace(begins=True), max_length=16)

    assert (last.name, last.state) == ("begin token", "warn")


def test_characters_that_the_tokenizer_cannot_spell_are_warned_of() -> None:
    *_, last = rules.check([row([20, 99, EOS])], LIMITS._replace(unknown=99), max_length=16)

    assert (last.name, last.state) == ("characters", "warn")


def test_rows_that_are_left_out_are_told_with_their_share() -> None:
    fitted = Fitted([row([20, 21, EOS])] * 3, dropped=1)

    first, share = checks.of_fitted(fitted, None)

    assert (first.state, "1 over-long rows are left out, 25.0% of all" in first.found) == (
        "warn",
        True,
    )
    assert (share.state, share.found) == ("pass", "50% of the tokens")
