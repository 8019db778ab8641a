import pytest
from nltk.metrics.distance import binary_distance, interval_distance

from curation.review import agreement, agreement_view, decide, journal
from curation.review.agreement import Agreement
from curation.review.journal import Asked, Opinion
from tests import make
from tests.curation.review.told import opinion

KRIPPENDORFF = {
    "a": "1 2 3 3 2 1 4 1 2 . . .",
    "b": "1 2 3 3 2 2 4 1 2 5 . 3",
    "c": ". 3 3 3 2 3 4 2 2 5 1 .",
    "d": "1 2 3 3 2 4 4 1 2 5 1 .",
}
"""The example of Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C."""


def published() -> dict[str, dict[str, int]]:
    units: dict[str, dict[str, int]] = {}
    for who, row in KRIPPENDORFF.items():
        for number, value in enumerate(row.split()):
            if value != ".":
                units.setdefault(str(number), {})[who] = int(value)
    return units


def measured(*opinions: Opinion, asked: list[Asked] | None = None) -> Agreement:
    told = sorted(opinions, key=lambda each: each.at)
    final = journal.reviews(told, "adjudication")
    heard = decide.hear(asked or [], journal.reviews(told), final)
    return agreement.measure(asked or [], told, heard.opinions, {})


def test_alpha_is_what_was_published() -> None:
    nominal = agreement.alpha("verdict", published(), binary_distance)
    interval = agreement.alpha("quality", published(), interval_distance)

    assert nominal.alpha == pytest.approx(0.743, abs=5e-4)
    assert interval.alpha == pytest.approx(0.849, abs=5e-4)
    assert (nominal.records, nominal.opinions) == (11, 40)
    assert nominal.low is not None
    assert nominal.high is not None
    assert nominal.low < 0.743 < nominal.high


def test_the_interval_resamples_the_same_figure() -> None:
    units = [list(told.values()) for told in published().values() if len(told) > 1]

    samples = agreement.resampled(units * 40, binary_distance, samples=200)

    assert samples.mean() == pytest.approx(0.743, abs=0.01)


def test_no_figure_is_made_up_where_nobody_overlapped_or_all_said_the_same() -> None:
    same = {str(n): {"ann": "keep", "bob": "keep"} for n in range(9)}

    assert agreement.alpha("verdict", same, binary_distance).alpha is None
    assert agreement.alpha("verdict", {"1": {"ann": "keep"}}, binary_distance).alpha is None


def test_each_annotator_is_held_against_what_is_known() -> None:
    planted = make.example("How long?", "An answer to something else.")
    asked = [
        Asked(planted.id, "examples", "audit", gold="reject", planted=planted),
        Asked("e2", "examples", "audit", gold="keep"),
    ]

    found = measured(
        opinion(planted.id, "ann", "keep"),
        opinion("e2", "ann", "keep"),
        opinion(planted.id, "bob", "fix", values={"verdict": "fix", "corrected": "Thirty days."}),
        asked=asked,
    )

    ann, bob = found.annotators
    assert (ann.gold_right, ann.gold_seen) == (1, 2)
    assert (bob.gold_right, bob.gold_seen) == (1, 1)
    assert [(c.known, c.said, c.count) for c in ann.confusion] == [
        ("keep", "keep", 1),
        ("reject", "keep", 1),
    ]


def test_what_an_adjudicator_decided_is_held_against_who_said_otherwise() -> None:
    found = measured(
        opinion("e1", "ann", "keep"),
        opinion("e1", "bob", "reject"),
        opinion("e1", "judy", "reject", queue="adjudication"),
    )

    told = {
        each.name: [(c.against, c.known, c.said) for c in each.confusion]
        for each in found.annotators
    }
    assert told == {
        "ann": [("adjudicator", "reject", "keep")],
        "bob": [("adjudicator", "reject", "reject")],
    }


def test_who_grows_careless_is_seen_in_pace_and_in_agreement() -> None:
    careful = [opinion(f"e{n}", "ann", "reject", at=f"{n:02d}:00") for n in range(8)]
    steady = [opinion(f"e{n}", "eve", "reject", at=f"{n:02d}:00") for n in range(8)]
    tiring = [opinion(f"e{n}", "bob", "reject", at=f"{n:02d}:30") for n in range(4)]
    tired = [opinion(f"e{n}", "bob", "keep", at=f"04:{n:02d}") for n in range(4, 8)]

    found = measured(*careful, *steady, *tiring, *tired)

    bob = next(each for each in found.annotators if each.name == "bob")
    assert bob.with_others == (1.0, 0.0)
    assert bob.pace == (60.0, 1.0)


def test_what_was_left_as_filled_in_is_counted_and_no_opinion() -> None:
    found = measured(
        opinion("e1", "ann", untouched=["verdict"]), opinion("e2", "ann"), opinion("e1", "bob")
    )

    ann, _ = found.annotators
    assert (ann.opinions, ann.untouched) == (1, 1)
    assert found.questions[0].records == 0


def test_saturation_tells_when_more_opinions_bring_nothing_new() -> None:
    first = opinion("e0", values={"verdict": "reject", "reasons": ["wrong"]})
    rest = [opinion(f"e{n}", at=f"{n:02d}:00") for n in range(1, 8)]

    found = measured(first, *rest)

    assert [(each.decided, each.not_right) for each in found.saturation] == [
        (2, 1),
        (4, 1),
        (6, 1),
        (8, 1),
    ]
    assert found.since_new_reason == 7


def test_all_of_it_fits_on_a_terminal() -> None:
    found = measured(
        *(opinion(f"e{n}", who, at=f"{n:02d}:00") for n in range(8) for who in ("ann", "bob"))
    )

    assert len(list(agreement_view.render(found))) >= 4
