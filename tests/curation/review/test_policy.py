import pytest

from curation.review import policy
from data.records import Drop, Example
from data.settings import ReviewSettings
from tests import make


def test_what_passes_is_signed_by_the_policy_and_by_no_person() -> None:
    [kept] = policy.review([make.example()], ReviewSettings())

    assert isinstance(kept, Example)
    assert [review.annotator for review in kept.reviews] == ["policy"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("word " * 300, "policy-answer-too-long"),
        ("Yes.", "policy-too-short"),
        ("Use the key [SECRET:aws-key] for that.", "policy-secret-in-answer"),
        ("[see here](https://docs.example.com/reset)", "policy-answer-is-a-link"),
        ("How do I reset my password?", "policy-answer-repeats-question"),
    ],
)
def test_what_fails_a_rule_is_dropped_with_its_name(answer: str, reason: str) -> None:
    [drop] = policy.review([make.example(answer=answer)], ReviewSettings())

    assert isinstance(drop, Drop)
    assert drop.reason == reason
