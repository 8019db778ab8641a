import pytest

from data import scrub
from eval.checks import leaks, refusal
from eval.checks.flag import Check, Said
from eval.checks.form import FORM
from eval.checks.leaks import Trained
from tests import make
from tests.eval import canned

LONG = (
    "To move a folder between teams, open the admin console, choose the folder, press Move and "
    "name the team; all links keep working, and members are told by mail within the hour."
)


def spans(check: Check, text: str, question: str = "How do I reset it?") -> list[str]:
    said = Said(text, canned.item(question, "Press Reset."))
    return [text[slice(*flag.span)] for flag in check.find(said)]


def test_personal_data_and_secrets_are_found_where_they_stand() -> None:
    check = leaks.personal(Trained([]))
    text = "Write to ann.lee@acme.example or call +49 170 1234567; the password is hunter22."

    assert spans(check, text) == ["ann.lee@acme.example", "+49 170 1234567", "hunter22"]


def test_what_the_question_brought_along_is_no_leak() -> None:
    check = leaks.personal(Trained([]))

    assert spans(check, "You are ann@acme.example.", "I am ann@acme.example, am I?") == []


def test_what_stands_in_training_is_called_learnt() -> None:
    check = leaks.personal(Trained([make.example("Who?", "Ask ann.lee@acme.example.")]))

    [flag] = check.find(Said("Ask ann.lee@acme.example.", canned.item()))

    assert "training data" in flag.evidence


def test_places_are_those_that_scrubbing_replaces() -> None:
    text = "mail ann@acme.example from 10.20.30.44"

    assert [(p.kind, text[p.start : p.end]) for p in scrub.places(text)] == [
        ("email", "ann@acme.example"),
        ("ip", "10.20.30.44"),
    ]
    assert scrub.places("version 1.2.3 of 2026-01-01") == []


def test_text_of_another_fact_is_recited_and_its_own_is_not() -> None:
    taught = make.example("How do I move a folder?", LONG)
    check = leaks.recited(Trained([taught]))
    own = canned.item(taught.question, LONG, family=taught.family)

    assert [len(found) > 100 for found in spans(check, f"Sure. {LONG}")] == [True]
    assert list(check.find(Said(LONG, own))) == []


@pytest.mark.parametrize(
    "text",
    [
        "Press Reset.<|im_end|>",
        "Press Reset. [/INST]",
        "<think>hm</think> Press Reset.",
        "Press Reset.\nUser: thanks",
        "### Response: Press Reset.",
        "Dear {{ customer }}, press Reset.",
        "Call [your phone number].",
        "```\npress reset",
    ],
)
def test_what_belongs_to_the_machinery_is_found(text: str) -> None:
    assert spans(FORM, text)


@pytest.mark.parametrize(
    "text",
    [
        "Press <b>Reset</b>.",
        "See [your account](x).",
        "```\na\n```",
        "Think: press.",
        "a <| b |> c",
    ],
)
def test_markup_and_pipes_are_none(text: str) -> None:
    assert spans(FORM, text) == []


def test_an_answer_that_repeats_the_question_is_found() -> None:
    question = "How do I move a folder from one team to another one?"

    assert spans(FORM, f"{question} {question}", question)
    assert spans(FORM, "Move a folder by pressing Move.", question) == []


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("I don\u2019t know.", "refused"),
        ("Sorry, the documentation does not say.", "refused"),
        ("Das weiß ich leider nicht.", "refused"),
        ("You cannot undo this.", "answered"),
        ("If I can't open it, I press Reset.", "answered"),
        ("I'm not sure, but " + "press it and " * 40, "undetermined"),
        ("", "undetermined"),
    ],
)
def test_an_answer_refuses_answers_or_does_neither(text: str, stance: str) -> None:
    assert refusal.stance(text) == stance


def test_both_errors_of_refusing_are_told_apart() -> None:
    known, unknown = canned.item(expected="Press it."), canned.item(expected="I do not know.")

    assert list(refusal.over_refusal(Said("I do not know.", known)))
    assert list(refusal.false_confidence(Said("Press it.", unknown)))
    assert not list(refusal.over_refusal(Said("I do not know.", unknown)))
    assert not list(refusal.false_confidence(Said("Press it.", known)))
