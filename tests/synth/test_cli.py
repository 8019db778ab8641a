from pathlib import Path

from data import store
from data.records import Drop, Example
from tests import make


def test_preview_shows_the_prompt_and_asks_nobody(tmp_path: Path) -> None:
    space = make.space(tmp_path)
    make.stage_file(space.ingested, [make.example()], root=tmp_path)

    ran = make.run("synth preview", cwd=tmp_path)

    assert ran.code == 0
    assert "QUESTION: How do I reset my password?" in ran.output
    assert "1 prompts" in ran.output
    assert not space.synthetic.exists()


def test_run_before_ingest_says_which_command_comes_first(tmp_path: Path) -> None:
    make.space(tmp_path)

    ran = make.run("synth run", cwd=tmp_path)

    assert ran.code == 2
    assert "`curate ingest SRC…` makes it" in ran.output


def test_every_wording_that_was_asked_for_is_kept_or_dropped(tmp_path: Path) -> None:
    space = make.space(tmp_path, "[synth]\nrewordings = 12\n")
    make.stage_file(space.ingested, [make.example()], root=tmp_path)

    ran = make.run("synth run", cwd=tmp_path)

    kept = list(store.read(space.synthetic, Example))
    drops = list(store.read(store.drops_path(space.synthetic), Drop))
    assert ran.code == 0
    assert len(kept) + len(drops) == 12
    assert {example.origin.teacher for example in kept} == {"template"}
    assert {drop.reason for drop in drops} <= {"too-few-wordings", "same-words"}


def test_a_teacher_that_refuses_connections_leaves_nothing_behind(tmp_path: Path) -> None:
    toml = '[teacher]\nkind = "openai"\nbase_url = "http://127.0.0.1:9/v1"\nmodel = "m"\nmax_retries = 0\n'
    space = make.space(tmp_path, toml)
    make.stage_file(space.ingested, [make.example()], root=tmp_path)

    ran = make.run("synth run", cwd=tmp_path)

    assert ran.code == 2
    assert "cannot be reached" in ran.output
    assert not space.synthetic.exists()
    assert not list(space.work.glob(".*.part"))


def test_an_unknown_recipe_names_the_bundled_ones(tmp_path: Path) -> None:
    space = make.space(tmp_path, '[synth]\nrecipe = "rewrod"\n')
    make.stage_file(space.ingested, [make.example()], root=tmp_path)

    ran = make.run("synth preview", cwd=tmp_path)

    assert ran.code == 2
    assert "bundled: reword" in ran.output
