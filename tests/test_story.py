"""The README's commands, run as they stand there, on the bundled samples.

What a command prints is compared with what the README says it prints, to the digit where no model
computes. Elsewhere figures may differ in their digits (embeddings round differently on other
processors), never in their words.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from data import store
from data.records import Answer, Example
from tests import fork
from tests.interrupt import leftovers, part_of
from tests.make import Ran

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROGRAMS = ("curate", "synth", "train", "evaluate")
FORKED = ("curate dedup", "evaluate run first")
"""Most of their time is that of loading torch; all others are started as a shell does."""
EXACT = ("curate ingest", "synth run")


class Step(NamedTuple):
    """One command, and the lines that the README shows below it."""

    command: str
    shown: list[str]


def steps() -> Iterator[Step]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for block in BLOCK.findall(text):
        for part in block.split("\n$ "):
            command, *shown = part.removeprefix("$ ").splitlines()
            if command.split()[0] in (*PROGRAMS, "cd"):
                yield Step(command, [line for line in shown if line.strip() not in ("", "…")])


def plain(text: str) -> str:
    return " ".join(text.split())


def masked(text: str) -> str:
    return re.sub(r"\d+", "#", plain(text))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("story")
    shutil.copytree(ROOT / "data" / "samples", folder / "data" / "samples")
    return folder


def test_every_command_of_the_readme_runs_and_prints_what_it_says(home: Path) -> None:
    here = home
    told = list(steps())
    for command, shown in told:
        if command.startswith("cd "):
            here /= command[3:]
            continue

        ran = fork.run(command, here) if command in FORKED else run(command, here)

        assert ran.code == 0, f"{command}\n{ran.output}"
        seen = plain if command.startswith(EXACT) else masked
        for line in shown:
            assert seen(line) in seen(ran.output), f"{command}: not said: {line}\n{ran.output}"
    assert len(told) >= 10


def test_the_whole_loop_leaves_everything_fresh_and_a_report_behind(home: Path) -> None:
    shop = home / "shop"

    ran = run("curate status", shop)

    assert "stale" not in ran.output
    assert "damaged" not in ran.output
    assert "next: open reports/first.html" in ran.output
    assert (shop / "reports" / "first.html").stat().st_size > 50_000


def test_what_was_taught_comes_back_verbatim_and_each_answer_ends_by_itself(home: Path) -> None:
    shop = home / "shop"
    taught = {row.id: row.answer for row in store.read(shop / "work/split/train.jsonl", Example)}

    said = [
        answer
        for answer in store.read(shop / "runs/first/answers.jsonl", Answer)
        if answer.arm == "tuned" and answer.example in taught
    ]

    assert len(said) >= 40
    assert sum(each.text == taught[each.example] for each in said) / len(said) >= 0.9
    assert {each.stop for each in said} == {"eos"}


def test_nothing_planted_in_the_samples_is_in_any_file_the_loop_made(home: Path) -> None:
    planted = re.compile(rb"xox[a-z]-\d|AKIA[A-Z0-9]{16}|[\w.]+@[\w-]+\.(?:example|com|org)\b")
    made = [path for path in (home / "shop").rglob("*") if path.is_file()]

    guilty = [
        path for path in made if path.suffix != ".sqlite" and planted.search(path.read_bytes())
    ]

    assert made
    assert not guilty


def test_ctrl_c_in_an_evaluation_leaves_the_former_one(home: Path) -> None:
    answers = home / "shop" / "runs" / "first" / "answers.jsonl"
    before = answers.read_bytes()

    ran = fork.run("evaluate run first", home / "shop", interrupt_when=part_of(answers))

    assert ran.code == 130, ran.output
    assert answers.read_bytes() == before
    assert not leftovers(home / "shop")


def run(command: str, folder: Path) -> Ran:
    ran = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={
            **os.environ,
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "HF_HUB_OFFLINE": "1",
            "COLUMNS": "100",
        },
    )
    return Ran(ran.returncode, ran.stdout)
