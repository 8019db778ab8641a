import json
import os
import zipfile
from pathlib import Path

import pytest

from curation import ingest, sides
from data import store
from data.errors import BadInputError
from data.records import Drop, Example, Passage
from data.settings import SplitSettings
from data.workspace import Workspace
from tests import make
from tests.curation.sources import exported
from tests.curation.sources.exported import said

FAQ = "# FAQ\n\n## Is it free?\n\nYes. Write to sales@acme.example.\n\n## Is it fast?\n\n## Is it big?\n\nNo.\n"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def passages(space: Workspace) -> list[Passage]:
    return list(store.read(space.passages, Passage))


def drops(path: Path) -> list[tuple[str, str]]:
    return [(each.reason, each.locator) for each in store.read(store.drops_path(path), Drop)]


def bytes_of(space: Workspace) -> tuple[bytes, ...]:
    paths = (space.passages, space.ingested)
    return tuple(file.read_bytes() for path in paths for file in (path, store.drops_path(path)))


def test_units_become_passages_and_passages_become_examples(tmp_path: Path) -> None:
    space = make.space(tmp_path / "w")

    done = ingest.run(space, [write(tmp_path / "faq.md", FAQ)])

    (free, big) = passages(space)
    assert (free.title, free.text) == ("Is it free?", "Yes. Write to [EMAIL].")
    assert (free.origin.source, free.origin.locator) == ("faq.md", "faq.md#L3")
    assert free.family == free.id != big.id
    assert drops(space.passages) == [("no-answer", "faq.md#L7")]
    examples = list(store.read(space.ingested, Example))
    assert [each.answer for each in examples] == ["Yes. Write to [EMAIL].", "No."]
    assert examples[0].origin.parents == (free.id,)
    assert (done.passages.taken, done.passages.kept, done.ingested.taken) == (3, 2, 2)
    assert "redacted: 1 email" in done.remarks


def test_a_translation_is_of_the_family_and_on_the_side_of_its_root(tmp_path: Path) -> None:
    space = make.space(tmp_path / "w")
    rows = "".join(f"Who {n}?,Qui {n} ?,You {n}.,Toi {n}.\n" for n in range(20))

    ingest.run(space, [write(tmp_path / "faq.csv", f"q_en,q_fr,a_en,a_fr\n{rows}")])

    found = passages(space)
    assert [each.language for each in found] == ["en", "fr"] * 20
    for english, french in zip(found[::2], found[1::2], strict=True):
        assert (french.family, french.side) == (english.id, english.side)


def test_a_folder_that_holds_only_unreadable_files_is_refused_and_nothing_is_written(
    tmp_path: Path,
) -> None:
    space = make.space(tmp_path / "w")
    write(tmp_path / "docs" / "a.csv", "name,price\nNut,2\n")
    write(tmp_path / "docs" / "b.json", "{")

    with pytest.raises(BadInputError, match=r"(?s)2 files were refused:\n.*a\.csv.*b\.json"):
        ingest.run(space, [tmp_path / "docs"])

    assert not space.passages.exists()


def test_a_folder_is_walked_and_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    write(docs / "a.md", FAQ)
    write(docs / "deep" / "b.csv", "question,answer\nWho?,You.\n")
    write(docs / "prices.csv", "name,price\nApple,3\n")
    write(docs / "logo.svg", "<svg/>")
    exported.folder(docs / "chat")
    space = make.space(tmp_path / "w")

    done = ingest.run(space, [docs])

    assert {each.origin.source for each in passages(space)} == {
        "docs/a.md",
        "docs/deep/b.csv",
        "docs/chat",
    }
    assert done.passages.dropped == {"no-answer": 1, "unreadable-file": 1}
    assert done.passages.details["ignored files"] == {".svg": 1}


def test_a_slack_export_is_the_same_however_it_is_wrapped(tmp_path: Path) -> None:
    folder = exported.folder(tmp_path / "acme")
    wrapped = exported.folder(tmp_path / "b" / "acme" / "acme export Mar 2026")
    variants = [
        folder,
        wrapped.parent,
        exported.zipped(folder, tmp_path / "acme.zip"),
        exported.zipped(folder, write(tmp_path / "w1" / "acme.zip", ""), wrapper="acme/"),
        exported.zipped(folder, write(tmp_path / "w2" / "acme.zip", ""), mark=b"\xef\xbb\xbf"),
    ]
    spaces = [make.space(tmp_path / f"space{number}") for number in range(len(variants))]

    for space, variant in zip(spaces, variants, strict=True):
        ingest.run(space, [variant])

    assert len({bytes_of(space) for space in spaces}) == 1
    (only,) = passages(spaces[0])
    assert only.origin.source == "acme"
    assert only.origin.locator == "acme/help#1772400000.000100"


def test_a_channel_name_in_a_zip_that_forgot_to_say_utf_8_is_right(tmp_path: Path) -> None:
    class Forgetful(zipfile.ZipInfo):
        def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - as zipfile calls it
            return self.filename.encode(), 0

    path = tmp_path / "acme.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {
            "users.json": [],
            "channels.json": [],
            "質問/2026-03-01.json": [said("1.1", "どこですか?")],
        }.items():
            archive.writestr(Forgetful(name), json.dumps(content))  # fmt: skip
    space = make.space(tmp_path / "w")

    ingest.run(space, [path])

    assert passages(space)[0].origin.locator == "acme/質問#1.1"


def test_people_are_pseudonyms_in_every_field(tmp_path: Path) -> None:
    space = make.space(tmp_path / "w")

    ingest.run(space, [exported.folder(tmp_path / "acme")])

    (thread,) = passages(space)
    assert [turn.speaker for turn in thread.turns] == ["User_01", "User_02", "User_01"]
    assert thread.turns[1].text == "Settings > **Mail**, @User_01."
    assert thread.turns[2].text == "that did it, thanks User_02"
    assert not any(b"U1ASKER" in each or b"Tom" in each for each in bytes_of(space))


def test_kept_pii_is_printed_and_secrets_leave_all_the_same(tmp_path: Path) -> None:
    space = make.space(tmp_path / "w", '[ingest]\npii = "keep"\n')
    text = "# FAQ\n\n## Who helps?\n\nann@acme.example with xoxb-123456789-abc.\n"

    done = ingest.run(space, [write(tmp_path / "faq.md", text)])

    assert passages(space)[0].text == "ann@acme.example with [SECRET:slack-token]."
    assert any(each.startswith("pii = keep") for each in done.remarks)
    assert done.passages.details["pii"] == "keep"


def test_the_same_input_gives_the_same_bytes_in_any_order(tmp_path: Path) -> None:
    paths = [write(tmp_path / "faq.md", FAQ), exported.folder(tmp_path / "acme")]
    space = make.space(tmp_path / "w")

    ingest.run(space, paths)
    first = bytes_of(space)
    ingest.run(space, paths[::-1])
    ingest.run(space, paths[:1])

    assert bytes_of(space) == first


def test_sources_not_named_again_stay_and_one_named_again_is_replaced(tmp_path: Path) -> None:
    faq = write(tmp_path / "faq.md", FAQ)
    copy = write(tmp_path / "other.md", "# FAQ\n\n## Is it big?\n\nNo.\n\n## Is it old?\n\nYes.\n")
    space = make.space(tmp_path / "w")
    ingest.run(space, [faq, copy])
    assert ("repeated", "other.md#L3") in drops(space.passages)

    write(faq, "# FAQ\n\n## Is it free?\n\nNot any more.\n")
    done = ingest.run(space, [faq])

    assert [(each.origin.source, each.title) for each in passages(space)] == [
        ("faq.md", "Is it free?"),
        ("other.md", "Is it old?"),
        ("other.md", "Is it big?"),
    ]
    assert done.passages.taken == 3
    assert store.freshness(space.passages, space.root) == "fresh"


def test_a_passage_keeps_its_side_when_the_salt_changes(tmp_path: Path) -> None:
    faq = write(
        tmp_path / "faq.md", "".join(f"## Is number {n} free?\n\nYes, {n}.\n\n" for n in range(40))
    )
    space = make.space(tmp_path / "w", "[split]\ntest = 0.3\ndev = 0.3\n")
    ingest.run(space, [faq])
    before = {each.id: each.side for each in passages(space)}
    assert set(before.values()) == {"train", "dev", "test"}

    settings = tmp_path / "w" / "gristmill.toml"
    settings.write_text('[split]\nsalt = "other"\ntest = 0.3\ndev = 0.3\n')
    from data import workspace

    ingest.run(workspace.find(space.root), [faq])

    assert {each.id: each.side for each in passages(space)} == before


def test_sides_are_drawn_in_the_shares_that_are_set() -> None:
    settings = SplitSettings(dev=0.2, test=0.1)
    drawn = [sides.draw_side(f"family{n}", settings) for n in range(4000)]

    assert drawn.count("test") == pytest.approx(400, abs=70)
    assert drawn.count("dev") == pytest.approx(800, abs=90)


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("nowhere.md", None, r"nowhere\.md does not exist"),
        ("notes.bin", None, r"notes\.bin: not a file that can be read here"),
        ("prices.csv", None, r"prices\.csv: no question column among: name, price"),
        ("empty", None, r"empty: nothing in it that can be read .*; it holds 1 \.svg"),
        ("notes.bin", "faqs", "No kind of source faqs; did you mean `faq`"),
        ("broken.zip", None, r"broken\.zip: not a zip that can be read"),
    ],
)
def test_what_cannot_be_ingested_is_refused_in_a_sentence(
    tmp_path: Path, name: str, kind: str | None, message: str
) -> None:
    write(tmp_path / "notes.bin", "words")
    write(tmp_path / "prices.csv", "name,price\nApple,3\n")
    write(tmp_path / "empty" / "logo.svg", "<svg/>")
    write(tmp_path / "broken.zip", "PK no")
    space = make.space(tmp_path / "w")

    with pytest.raises(BadInputError, match=message):
        ingest.run(space, [tmp_path / name], kind=kind)

    assert not space.passages.exists()


def test_two_sources_of_one_name_are_refused(tmp_path: Path) -> None:
    paths = [write(tmp_path / folder / "faq.md", FAQ) for folder in ("a", "b")]

    with pytest.raises(BadInputError, match=r"Two sources would be called faq\.md: .*rename one"):
        ingest.run(make.space(tmp_path / "w"), paths)


def test_a_zip_that_climbs_or_explodes_is_refused(tmp_path: Path) -> None:
    space = make.space(tmp_path / "w")
    climbing, bomb = tmp_path / "climbing.zip", tmp_path / "bomb.zip"
    with zipfile.ZipFile(climbing, "w") as archive:
        archive.writestr("../faq.md", FAQ)
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("faq.md", b"0" * 30_000_000)

    with pytest.raises(BadInputError, match="climbs out of the zip"):
        ingest.run(space, [climbing])
    with pytest.raises(BadInputError, match="unpacks to 30,000,000 bytes"):
        ingest.run(space, [bomb])


def test_a_kind_can_be_forced(tmp_path: Path) -> None:
    space = make.space(tmp_path / "w")

    ingest.run(space, [write(tmp_path / "faq.txt", FAQ)], kind="faq")

    assert [each.title for each in passages(space)] == ["Is it free?", "Is it big?"]


def test_a_file_name_that_is_no_text_is_refused_in_a_sentence(tmp_path: Path) -> None:
    odd = os.fsdecode(bytes(tmp_path) + b"/bad\xff.md")
    Path(odd).write_text("## Is it free?\n\nYes, for ever.\n")

    with pytest.raises(BadInputError, match=r"The name of bad\\udcff\.md is not UTF-8"):
        ingest.run(make.space(tmp_path / "w"), [Path(odd)])


def test_another_file_of_the_same_name_does_not_replace_the_first(tmp_path: Path) -> None:
    for folder, answer in (("a", "Yes, for ever."), ("b", "No, not at all.")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "faq.md").write_text(f"## Is it free?\n\n{answer}\n")
    space = make.space(tmp_path / "w")
    ingest.run(space, [tmp_path / "a" / "faq.md"])
    before = space.passages.read_bytes()

    with pytest.raises(BadInputError, match=r"faq\.md was ingested before from .*a/faq\.md"):
        ingest.run(space, [tmp_path / "b" / "faq.md"])

    assert space.passages.read_bytes() == before
