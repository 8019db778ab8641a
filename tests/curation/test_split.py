from pathlib import Path

import msgspec
import pytest

from curation import split
from curation.certificate import Rule
from curation.split import Split
from data.errors import BadInputError
from data.records import Example, Origin
from data.settings import DedupSettings, Settings, SplitSettings
from tests import make

LEXICAL = Settings(dedup=DedupSettings(embedder="none"))
ALL_PROBED = Settings(split=SplitSettings(probes=1.0), dedup=DedupSettings(embedder="none"))


def lay_out(rows: list[Example], folder: Path, settings: Settings = LEXICAL) -> Split:
    made = split.lay_out(rows, settings, folder / "vectors.sqlite")
    assert sum(len(part) for part in made.parts.values()) + len(made.drops) == len(rows)
    return made


def rule(made: Split, name: str) -> Rule:
    return next(each for each in made.certificate.rules if each.name == name)


def reworded(question: str, of: Example) -> Example:
    origin = Origin("faq.md", "faq.md#L1", parents=(of.id,), teacher="template")
    return make.example(question, of.answer, family=of.family, origin=origin)


def test_a_train_row_that_repeats_a_held_out_one_is_dropped_with_its_twin(tmp_path: Path) -> None:
    held_out = make.example("Where do I find my invoices?", "Under Billing.", side="test")
    leak = make.example("where do I find my invoices", "In the menu Billing.", side="train")

    made = lay_out([make.example(), held_out, leak], tmp_path)

    assert made.train == (make.example(),)
    [drop] = made.drops
    assert (drop.reason, drop.twin) == ("leak-exact", held_out.id)
    assert rule(made, "exact").barred == 1


def test_a_rule_that_did_not_run_says_so(tmp_path: Path) -> None:
    made = lay_out([make.example()], tmp_path)

    assert not rule(made, "embedding").ran
    assert "did not run" in rule(made, "embedding").note


def test_a_paraphrase_across_sides_is_shown_with_its_score(tmp_path: Path) -> None:
    trained = make.example("How can I change my e-mail address?", "Under Profile.")
    held_out = make.example("How do I change my email address?", "Press Edit.", side="dev")
    settings = Settings(dedup=DedupSettings(similarity=0.99))

    made = lay_out([make.example(), trained, held_out], tmp_path, settings)

    [pair] = rule(made, "embedding").worst
    assert (pair.train, pair.held_out) == (trained.id, held_out.id)
    assert pair.score >= 0.9


def test_a_family_with_enough_wordings_withholds_a_synthetic_one(tmp_path: Path) -> None:
    root = make.example()
    wordings = [reworded("pw reset??", root), reworded("forgot it, what now", root)]

    made = lay_out([root, *wordings], tmp_path, ALL_PROBED)

    assert len(made.probes) == 1
    assert made.probes[0] in wordings
    assert root in made.train


def test_a_family_with_few_wordings_keeps_them_all(tmp_path: Path) -> None:
    root = make.example()

    made = lay_out([root, reworded("pw reset??", root)], tmp_path, ALL_PROBED)

    assert not made.probes


def test_a_thread_that_restates_an_entry_becomes_its_probe(tmp_path: Path) -> None:
    entry = make.example()
    asked = make.example(
        "locked out, no idea what my password was. Any way back in?",
        "Sure: in Settings there is Security, and there you press Reset.",
    )
    thread = msgspec.structs.replace(asked, scores={"confirmed": 1.0})
    echo = reworded("cannot remember password", thread)
    settings = Settings(split=SplitSettings(probes=1.0))

    made = lay_out([entry, thread, echo], tmp_path, settings)

    [probe] = made.probes
    assert probe.question == thread.question
    assert probe.answer == entry.answer
    assert probe.origin.parents == (thread.id, entry.id)
    assert made.train == (entry,)
    assert [drop.reason for drop in made.drops] == ["words-of-a-probe"]


def test_a_family_on_two_sides_is_refused(tmp_path: Path) -> None:
    rows = [make.example(family="f"), make.example("Another?", "Yes.", family="f", side="dev")]

    with pytest.raises(BadInputError, match="Family f is on two sides"):
        split.lay_out(rows, LEXICAL, tmp_path / "vectors.sqlite")


def test_nothing_to_train_on_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="None of the 0 examples is on the train side"):
        split.lay_out([], LEXICAL, tmp_path / "vectors.sqlite")


def test_an_example_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"stands twice .* Take one out"):
        split.lay_out([make.example(), make.example()], LEXICAL, tmp_path / "vectors.sqlite")
