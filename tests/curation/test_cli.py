from pathlib import Path

import pytest

from data import store, workspace
from data.records import Example, Origin
from tests import make


def test_init_makes_a_workspace_and_never_overwrites_one(tmp_path: Path) -> None:
    first = make.run("curate init shop", cwd=tmp_path)
    again = make.run("curate init shop", cwd=tmp_path)

    assert (first.code, again.code) == (0, 2)
    assert (tmp_path / "shop" / "gristmill.toml").exists()
    assert "already" in again.output


@pytest.mark.parametrize(
    ("command", "made_by"),
    [
        ("curate dedup", "curate ingest"),
        ("curate review policy", "curate dedup"),
        ("curate review push", "curate dedup"),
        ("curate split", "curate dedup"),
    ],
)
def test_a_stage_before_its_input_says_what_makes_it(
    tmp_path: Path, command: str, made_by: str
) -> None:
    make.space(tmp_path)

    ran = make.run(command, cwd=tmp_path)

    assert ran.code == 2
    assert f"`{made_by}" in ran.output


def test_an_empty_dataset_is_refused_by_split(tmp_path: Path) -> None:
    space = make.space(tmp_path)
    make.stage_file(space.unique, [], root=tmp_path)

    ran = make.run("curate split", cwd=tmp_path)

    assert ran.code == 2
    assert "None of the 0 examples is on the train side" in ran.output
    assert not space.split.joinpath("train.jsonl").exists()


def test_a_bad_line_stops_the_stage_with_its_number(tmp_path: Path) -> None:
    space = make.space(tmp_path)
    path = make.stage_file(
        space.ingested, [make.example(f"Question {i}?") for i in range(6)], root=tmp_path
    )
    path.write_bytes(path.read_bytes() + b'{"id": 3}\n')

    ran = make.run("curate dedup", cwd=tmp_path)

    assert ran.code == 2
    assert "ingested.jsonl:7: no Example record" in ran.output
    assert not space.unique.exists()


def test_a_misspelt_setting_is_named_before_anything_runs(tmp_path: Path) -> None:
    make.space(tmp_path)
    (tmp_path / "gristmill.toml").write_text("[dedup]\nsimilarty = 0.5\n")

    ran = make.run("curate dedup", cwd=tmp_path)

    assert ran.code == 2
    assert (
        "gristmill.toml:2: no setting `dedup.similarty`; did you mean `similarity`?" in ran.output
    )


def test_push_without_a_server_says_how_to_start_or_name_one(tmp_path: Path) -> None:
    space = make.space(tmp_path)
    make.stage_file(space.unique, [make.example()], root=tmp_path)

    ran = make.run("curate review push", cwd=tmp_path)

    assert ran.code == 2
    assert "start it by `curate review serve`" in ran.output
    assert "by `url` under [review]" in ran.output


def test_a_server_that_is_down_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = make.space(tmp_path, '[review]\nurl = "http://127.0.0.1:9"\n')
    make.stage_file(space.unique, [make.example()], root=tmp_path)
    monkeypatch.setenv("ARGILLA_API_KEY", "x")

    ran = make.run("curate review pull", cwd=tmp_path)

    assert ran.code == 2
    assert "http://127.0.0.1:9 cannot be reached" in ran.output
    assert not space.reviewed.exists()


def test_status_says_what_is_stale_and_what_comes_next(tmp_path: Path) -> None:
    space = make.space(tmp_path, '[dedup]\nembedder = "none"\n')
    make.stage_file(space.passages, [make.passage()], root=tmp_path)
    make.stage_file(space.ingested, [make.example()], root=tmp_path)
    make.stage_file(space.synthetic, [], root=tmp_path)
    assert make.run("curate dedup", cwd=tmp_path).code == 0
    before = make.run("curate status", cwd=tmp_path).output

    make.stage_file(space.ingested, [make.example("New?", "Yes, new.")], root=tmp_path)
    after = make.run("curate status", cwd=tmp_path).output

    assert "next: curate review policy" in before
    assert "stale" in after
    assert "next: curate dedup" in after


def test_status_names_a_run_that_was_stopped(tmp_path: Path) -> None:
    space = make.space(tmp_path)
    checkpoint = space.runs / ".first.part" / "trainer" / "checkpoint-4"
    store.write_json(checkpoint / "MANIFEST.json", {})
    (space.runs / ".second.part" / "trainer" / "checkpoint-2").mkdir(parents=True)

    said = make.run("curate status", cwd=tmp_path).output

    assert "`train resume first` goes on with it" in said
    assert "second" not in said


def test_show_follows_an_example_up_and_down(tmp_path: Path) -> None:
    space = make.space(tmp_path)
    passage = make.passage()
    root = make.example(origin=Origin("faq.md", "faq.md#L1", parents=(passage.id,)))
    child = make.example("pw reset??", origin=Origin("faq.md", "faq.md#L1", parents=(root.id,)))
    make.stage_file(space.passages, [passage], root=tmp_path)
    make.stage_file(space.ingested, [root], root=tmp_path)
    make.stage_file(space.synthetic, [child], root=tmp_path)

    ran = make.run(f"curate show {root.id[:8]}", cwd=tmp_path)

    assert ran.code == 0
    assert passage.id in ran.output
    assert child.id in ran.output
    assert "faq.md#L1" in ran.output


def test_show_of_an_unknown_id_says_where_ids_stand(tmp_path: Path) -> None:
    make.space(tmp_path)

    ran = make.run("curate show nothing", cwd=tmp_path)

    assert ran.code == 2
    assert "No record nothing" in ran.output


def test_the_split_is_also_a_dataset_with_a_card(tmp_path: Path) -> None:
    space = make.space(tmp_path, '[dedup]\nembedder = "none"\n')
    rows = [make.example(f"Question {i}?", f"Answer number {i}.") for i in range(5)]
    rows += [make.example("Held out?", "Yes, it is.", side="dev")]
    make.stage_file(space.unique, rows, root=tmp_path)

    ran = make.run("curate split", cwd=tmp_path)

    assert ran.code == 0
    assert list(store.read(space.split / "dev.jsonl", Example)) == rows[-1:]
    card = (space.split / "dataset" / "README.md").read_text()
    assert "| dev | 1 | 1 |" in card
    assert (space.split / "dataset" / "dev.parquet").exists()
    assert (space.split / "certificate.json").exists()


@pytest.mark.parametrize("command", ["curate dedup", "curate split", "synth run", "train run"])
def test_a_second_command_in_one_workspace_is_told_to_wait(tmp_path: Path, command: str) -> None:
    space = make.space(tmp_path)

    with workspace.locked(space, "curate ingest"):
        ran = make.run(command, cwd=tmp_path)

    assert ran.code == 2
    assert "`curate ingest` (process" in ran.output
    assert "wait until it ends" in ran.output


def test_a_run_is_stale_once_the_split_is_another(tmp_path: Path) -> None:
    space = make.space(tmp_path)
    train = make.stage_file(space.split / "train.jsonl", [make.example()], root=tmp_path)
    learnt = {"name": "first", "split": [store.mark(train, tmp_path)]}
    store.write_json(space.runs / "first" / "manifest.json", learnt)
    before = make.run("curate status", cwd=tmp_path).output

    make.stage_file(train, [make.example("New?", "Yes, new.")], root=tmp_path)
    after = make.run("curate status", cwd=tmp_path).output

    assert "runs/first fresh" in " ".join(before.split())
    assert "runs/first stale" in " ".join(after.split())


def test_other_settings_of_the_sides_are_told(tmp_path: Path) -> None:
    space = make.space(tmp_path / "w")
    (tmp_path / "faq.md").write_text("# FAQ\n\n## Is it free?\n\nYes, for ever.\n")
    assert make.run(f"curate ingest {tmp_path / 'faq.md'}", cwd=space.root).code == 0
    (space.root / "gristmill.toml").write_text('[split]\nsalt = "another"\n')

    said = make.run(f"curate ingest {tmp_path / 'faq.md'}", cwd=space.root)

    assert said.code == 0
    assert "WARNING: [split] was" in said.output


def test_the_version_is_told() -> None:
    said = make.run("curate --version", cwd=Path.cwd())

    assert said.code == 0
    assert said.output.startswith("curate 0.")
