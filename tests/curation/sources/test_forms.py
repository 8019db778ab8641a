import pytest

from curation.sources import forms


@pytest.mark.parametrize(
    "text",
    [
        "**Question from @User_01**\nHow do I enrol my own phone?",
        "Question from @User_01: How do I enrol my own phone?",
        "**New request**\n**From:** @User_01\n**Team:** Sales\n**Question:** How do I enrol my own phone?",
        "**Ticket #48** opened by @User_01\nHow do I enrol my own phone?",
        "Neue Anfrage von @User_01\n**Frage**\nHow do I enrol my own phone?\n**Frist:** keine",
    ],
)
def test_a_form_is_asked_by_whom_it_names_in_its_longest_field(text: str) -> None:
    assert forms.read(text, ("User_01",)) == forms.Form("User_01", "How do I enrol my own phone?")


@pytest.mark.parametrize(
    "text",
    [
        "Ticket #99 'Cannot log in to the new portal' has been assigned to @User_01",
        "@User_01 created a Bug: WEB-22 Checkout button is misaligned on Safari",
        "Deploy of web by @User_01 finished",
    ],
)
def test_what_names_nobody_who_asks_is_no_form(text: str) -> None:
    assert forms.read(text, ("User_01",)) is None
