import subprocess
import sys
from pathlib import Path

import pytest

from data.workspace import Workspace
from eval import evaluation
from tests import make
from tests.eval import canned


@pytest.fixture
def answered(tmp_path: Path) -> Workspace:
    """A workspace whose only run has been asked."""
    space = make.space(tmp_path)
    taught = make.example()
    canned.split(space, train=[taught], probes=[make.example("Reset, how?", taught.answer)])
    run = space.runs / "first"
    evaluation.answer(space, run, canned.models(lambda _: "", lambda _: taught.answer))
    evaluation.check(space, run)
    return space


def test_a_report_is_written_and_the_next_command_named(answered: Workspace) -> None:
    ran = make.run("evaluate report first", cwd=answered.root)

    assert ran.code == 0, ran.output
    assert (answered.reports / "first.html").read_bytes().startswith(b"<!doctype html>")
    assert "next: " in ran.output


def test_without_a_run_the_error_says_what_to_type(tmp_path: Path) -> None:
    make.space(tmp_path)

    ran = make.run("evaluate run", cwd=tmp_path)

    assert ran.code == 2
    assert "`train run`" in ran.output


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys; sys.argv = ['evaluate', '--help']\n"
        "from eval import cli\n"
        "try: cli.main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'torch', 'transformers', 'scipy', 'sacrebleu', 'jinja2'} & set(sys.modules)))"
    )

    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=True
    )

    assert ran.stdout.rstrip().endswith("[]")
