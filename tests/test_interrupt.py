"""Ctrl-C in each long stage: exit code 130, and nothing half written."""

import time
from pathlib import Path

import pytest

from tests import make
from tests.interrupt import interrupted, leftovers
from tests.synth.server import completion, serving


def test_ingest(tmp_path: Path) -> None:
    space = make.space(tmp_path)
    rows = (
        f"How do I do thing number {i}?,By pressing button {i} twice.\n" for i in range(60_000)
    )
    (tmp_path / "big.csv").write_text("question,answer\n" + "".join(rows))

    code, said = interrupted(
        "curate ingest big.csv", tmp_path, space.work.joinpath(".lock").exists
    )

    assert code == 130, said
    assert not leftovers(tmp_path)
    assert not space.passages.exists()


def test_synth_run(tmp_path: Path) -> None:
    def slow(_: int) -> tuple[int, str]:
        time.sleep(0.3)
        return 200, completion('{"questions": ["pw reset??"]}')

    with serving(slow) as server:
        toml = f'[teacher]\nkind = "openai"\nbase_url = "{server.url}"\nmodel = "m"\nconcurrency = 2\n'
        space = make.space(tmp_path, toml)
        rows = [make.example(f"Question {i}?") for i in range(200)]
        make.stage_file(space.ingested, rows, root=tmp_path)

        code, said = interrupted("synth run", tmp_path, lambda: len(server.bodies) > 3)

        assert code == 130, said
        assert len(server.bodies) < 20
    assert not leftovers(tmp_path)
    assert not space.synthetic.exists()


@pytest.mark.parametrize(
    ("command", "made"), [("curate dedup", "work/unique.jsonl"), ("curate split", "work/split")]
)
def test_comparing(tmp_path: Path, command: str, made: str) -> None:
    space = make.space(tmp_path, '[dedup]\nembedder = "none"\n')
    rows = [make.example(f"Question {i} about {i * i} things?", f"Yes, {i}.") for i in range(8000)]
    rows += [make.example("Held out?", "Yes, it is.", side="dev")]
    make.stage_file(space.ingested, rows, root=tmp_path)
    make.stage_file(space.reviewed, rows, root=tmp_path)

    code, said = interrupted(command, tmp_path, space.work.joinpath(".lock").exists)

    assert code == 130, said
    assert not leftovers(tmp_path)
    assert not (tmp_path / made).exists()
