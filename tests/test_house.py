"""The rules of the house that a linter cannot see."""

import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import typer

ROOT = Path(__file__).parent.parent
COMMANDS = {"curate": "curation", "synth": "synth", "train": "train", "evaluate": "eval"}
HEAVY = {"torch", "transformers", "trl", "argilla", "datasets", "openai", "pydantic", "numpy"}


@pytest.mark.parametrize("package", [*COMMANDS.values(), "data"])
def test_no_other_distribution_owns_our_names(package: str) -> None:
    assert set(packages_distributions().get(package, ["gristmill"])) == {"gristmill"}


@pytest.mark.parametrize("package", COMMANDS.values())
def test_help_loads_no_heavy_library(package: str) -> None:
    code = f"import sys, {package}.cli; print(*({HEAVY!r} & set(sys.modules)))"

    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()

    assert not loaded


def test_nothing_imports_a_command_line() -> None:
    importing = re.compile(
        r"^\s*(?:from|import) (?:curation|synth|train|eval)[.\w]*\bcli\b|import cli\b", re.M
    )

    assert not [path for path in modules_with(importing) if path.name != "cli.py"]


def test_no_pattern_has_a_possessive_group() -> None:
    """Python before 3.11.5 matches them wrongly: https://github.com/python/cpython/issues/106052."""
    possessive = re.compile(r"""\brf?["'].*\)[*+?]\+""")

    assert not modules_with(possessive)


def modules_with(pattern: re.Pattern[str]) -> list[Path]:
    return [
        path.relative_to(ROOT)
        for package in (*COMMANDS.values(), "data")
        for path in (ROOT / package).rglob("*.py")
        if pattern.search(path.read_text(encoding="utf-8"))
    ]


def verbs() -> Iterator[tuple[str, typer.core.TyperCommand]]:
    for command, package in COMMANDS.items():
        app = importlib.import_module(f"{package}.cli").app
        yield from walk(command, typer.main.get_command(app))


def walk(path: str, command: object) -> Iterator[tuple[str, typer.core.TyperCommand]]:
    if isinstance(command, typer.core.TyperGroup):
        for name, below in command.commands.items():
            yield from walk(f"{path} {name}", below)
    elif isinstance(command, typer.core.TyperCommand):
        yield path, command


@pytest.mark.parametrize(
    ("path", "verb"), list(verbs()), ids=lambda x: x if isinstance(x, str) else ""
)
def test_every_verb_and_option_has_help_and_every_verb_stands_in_the_docs(
    path: str, verb: typer.core.TyperCommand
) -> None:
    docs = "".join(
        page.read_text(encoding="utf-8")
        for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    )

    assert verb.help, f"{path} has no help"
    for parameter in verb.params:
        assert getattr(parameter, "help", None), f"{path}: {parameter.name} has no help"
    assert f"`{path}" in docs or f"$ {path}" in docs, f"{path} stands in no page"


def test_no_page_and_no_code_names_a_machine_or_a_workplace() -> None:
    tracked = subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).splitlines()
    text = re.compile(rb"/(?:home|Users|root|work)/\w+/")
    guilty = [
        name
        for name in tracked
        if name.endswith((".py", ".md", ".toml", ".sh", "Makefile"))
        and text.search((ROOT / name).read_bytes())
    ]

    assert guilty in ([], ["tests/test_house.py"])
