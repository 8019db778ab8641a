from pathlib import Path

import pytest

from curation import dedup, overlap
from data.records import Drop, Example
from data.settings import DedupSettings
from tests import make

LEXICAL = DedupSettings(embedder="none")
RESET = "Open Settings, choose Security and press Reset."


def drops(examples: list[Example], settings: DedupSettings, folder: Path) -> list[Drop]:
    outcomes = dedup.drop_repeats(examples, settings, folder / "vectors.sqlite").outcomes
    assert len(outcomes) == len(examples)
    return [outcome for outcome in outcomes if isinstance(outcome, Drop)]


def test_a_near_duplicate_keeps_the_first_and_names_it(tmp_path: Path) -> None:
    first = make.example("How do I reset the password of my account?", RESET)
    second = make.example("How do I reset the password of my accounts?", f"{RESET} Done.")

    [drop] = drops([first, second], LEXICAL, tmp_path)

    assert (drop.reason, drop.twin, drop.example) == ("near-duplicate", first.id, second)


def test_case_and_marks_make_no_difference(tmp_path: Path) -> None:
    shouted = make.example("HOW DO I RESET MY PASSWORD", RESET)

    [drop] = drops([make.example(), shouted], LEXICAL, tmp_path)

    assert drop.reason == "exact-repeat"


def test_another_wording_with_the_same_answer_stays(tmp_path: Path) -> None:
    other = make.example("I forgot my pass phrase, what now?", RESET)

    assert not drops([make.example(), other], DedupSettings(), tmp_path)


def test_the_same_meaning_in_other_letters_is_found(tmp_path: Path) -> None:
    first = make.example("How can I change my e-mail address?", "Under Profile, press Edit.")
    second = make.example("How do I change my email address?", "Under Profile, press Edit.")
    settings = DedupSettings(similarity=0.99, meaning=0.9)

    [drop] = drops([first, second], settings, tmp_path)

    assert drop.reason == "same-meaning"


def test_the_same_question_answered_otherwise_is_a_conflict_and_stays(tmp_path: Path) -> None:
    old = make.example("What is the upload limit?", "Files may have up to 5 GB.", family="a")
    new = make.example("What is the upload limit?", "Since March it is twenty.", family="b")

    result = dedup.drop_repeats([old, new], LEXICAL, tmp_path / "vectors.sqlite")

    assert result.outcomes == (old, new)
    assert result.conflicts == ((old.id, new.id),)


def test_almost_the_same_answer_with_another_fact_is_a_conflict_and_no_repeat(
    tmp_path: Path,
) -> None:
    old = make.example("How large may a file be?", "A file may be up to 5 GB.", family="a")
    new = make.example("How large may a file be?", "A file may be up to 20 GB.", family="b")
    same = make.example("How large may a file be?", "A file may be up to 5 GB!", family="c")

    result = dedup.drop_repeats([old, new, same], LEXICAL, tmp_path / "vectors.sqlite")

    assert result.outcomes[:2] == (old, new)
    assert [each.twin for each in result.outcomes if isinstance(each, Drop)] == [old.id]
    assert result.conflicts == ((old.id, new.id),)


def test_of_repeats_on_two_sides_the_held_out_one_stays(tmp_path: Path) -> None:
    trained = make.example(side="train")
    locked = make.example("How do I reset my password", side="test")

    [drop] = drops([trained, locked], LEXICAL, tmp_path)

    assert drop.example == trained


def test_empty_questions_are_never_alike() -> None:
    assert not list(overlap.alike_by_letters(["", "", " "], 0.5))


@pytest.mark.parametrize("threshold", [0.8, 0.9])
def test_minhash_finds_what_comparing_all_pairs_finds(threshold: float) -> None:
    texts = [
        f"How do I {verb} the {noun} of my {place} account {end}?"
        for verb in ("reset", "change", "forget")
        for noun in ("password", "passwords", "address")
        for place in ("work", "team")
        for end in ("today", "now", "right now")
    ]
    sets = [overlap.shingles(text) for text in texts]
    truth = {
        (a, b)
        for b in range(len(texts))
        for a in range(b)
        if overlap.jaccard(sets[a], sets[b]) >= threshold
    }

    found = {(a, b) for a, b, _ in overlap.alike_by_letters(texts, threshold)}

    assert found <= truth
    assert len(found) >= 0.98 * len(truth)
