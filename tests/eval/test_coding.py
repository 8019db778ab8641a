import csv
import io
import json
import shutil
from pathlib import Path

import pytest

from data import workspace
from data.workspace import Workspace
from eval import evaluation
from eval.coding import codings, counts, taxonomy
from eval.coding.codings import Coding
from eval.coding.counts import Coded
from eval.coding.taxonomy import Code, Taxonomy
from tests import make
from tests.eval import canned

WHEN = "2026-11-20T10:00:00+00:00"


def told(given: list[tuple[str, str, str]], *, codes: str = "vague wrong-plan odd") -> Coded:
    """What `coder` called each error, labels with `,` between them."""
    known = Taxonomy(Path("codes.toml"), 1, {name: Code() for name in codes.split()})
    made = [
        Coding("first", example, coder, tuple(labels.split(",")), "", WHEN, known.mark)
        for example, coder, labels in given
    ]
    wrong = frozenset(example for example, _, _ in given if example.startswith("e"))
    return counts.count(made, known, wrong)


def test_the_chance_of_an_unseen_code_is_that_of_good_and_turing() -> None:
    """Ten errors with one code each, three codes seen once: 3 of 10."""
    names = [*["vague"] * 5, *["wrong-plan"] * 2, "odd", "rare", "rarer"]
    found = told(
        [(f"e{n}", "ann", name) for n, name in enumerate(names)], codes=" ".join(set(names))
    )

    assert (found.unseen, found.single, found.since_new) == (0.3, 3, 0)


def test_an_error_with_two_new_codes_counts_once() -> None:
    found = told(
        [("e1", "ann", "vague,odd"), ("e2", "ann", "wrong-plan"), ("e3", "ann", "wrong-plan")]
    )

    assert (found.alone, found.single, found.unseen) == (1, 2, 1 / 3)


def test_coders_of_the_same_errors_are_compared_code_by_code() -> None:
    same = [(f"e{n}", coder, "vague") for n in range(10) for coder in ("ann", "bob")]
    apart = [
        (f"e{n}", coder, name)
        for n in (11, 12, 13)
        for coder, name in (("ann", "odd"), ("bob", "wrong-plan"))
    ]
    both = [(f"e{n}", coder, "odd") for n in (14, 15) for coder in ("ann", "bob")]

    found = told([*same, *apart, *both])

    agreed = {each.name: each.agreed.alpha for each in found.codes}
    assert found.agreed.alpha is not None
    assert agreed["vague"] == 1.0
    assert agreed["odd"] is not None
    assert agreed["odd"] < 0.7
    assert [(each.one, each.other) for each in found.kappas] == [("ann", "bob")]


def test_codes_that_left_the_taxonomy_are_asked_for_again() -> None:
    found = told([("e1", "ann", "vague"), ("e2", "ann", "gone"), ("right", "ann", "vague")])

    assert (found.coded, found.again, found.right) == (1, 1, 1)


def test_a_code_that_changed_its_meaning_is_asked_for_again() -> None:
    codes = {"vague": Code(since=2), "odd": Code()}
    known = Taxonomy(Path("codes.toml"), 2, codes)
    given = [
        Coding("first", f"e{n}", "ann", (label,), "", WHEN, f"{version}@x")
        for n, (label, version) in enumerate((("vague", 1), ("vague", 2), ("odd", 1)))
    ]

    found = counts.count(given, known, frozenset(("e0", "e1", "e2")))

    assert (found.coded, found.again) == (2, 1)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that gave two wrong answers to three probes, and a sheet with one of them coded."""
    made = make.space(tmp_path_factory.mktemp("asked") / "shop")
    probes = [make.example(f"=Question {n}?", "Yes.") for n in range(3)]
    canned.split(made, train=[make.example("Question 2, seen?", "Yes.")], probes=probes)
    models = canned.models(lambda _: "", lambda asked: "Yes." if "2" in asked else "No, never.")
    run = made.runs / "first"
    evaluation.answer(made, run, models)
    evaluation.check(made, run)
    return made.root


@pytest.fixture
def space(asked: Path, tmp_path: Path) -> Workspace:
    return workspace.find(shutil.copytree(asked, tmp_path / "shop"))


def typed(space: Workspace, command: str, *, code: int = 0) -> str:
    ran = make.run(command, cwd=space.root)
    assert ran.code == code, ran.output
    return " ".join(ran.output.split())


def filled(space: Workspace, *labels: str, delimiter: str = ",") -> Path:
    """The exported sheet with these labels, as a spreadsheet saves it."""
    path = space.reports / "first.errors.csv"
    if not path.exists():
        typed(space, "evaluate code export first")
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    for row, label in zip(rows, labels, strict=True):
        row["labels"] = label
    out = io.StringIO(newline="")
    table = csv.DictWriter(out, rows[0], delimiter=delimiter)
    table.writeheader()
    table.writerows(rows)
    saved = space.root / "filled.csv"
    saved.write_bytes(out.getvalue().encode("cp1252"))
    return saved


def test_a_sheet_goes_out_and_comes_back_coded(space: Workspace) -> None:
    sheet = filled(space, "vague; wrong plan", "", delimiter=";")

    first = typed(space, f"evaluate code import {sheet.name} --coder ann --new")
    again = typed(space, f"evaluate code import {sheet.name} --coder ann")

    assert "1 coded, 1 not coded yet; 1 new" in first
    assert "2 labels added: vague, wrong plan" in first
    assert "1 of 2 (50 %) errors coded, by 1 coder: ann" in first
    assert "1 of 1 error have a code that no other has" in first
    assert "0 new, 0 changed, 1 known" in again
    [coding] = codings.read(space)
    assert (coding.coder, coding.labels) == ("ann", ("vague", "wrong plan"))
    text = (space.reports / "first.errors.csv").read_text(encoding="utf-8-sig")
    assert "'=Question" in text
    assert "is there already" in typed(space, "evaluate code export first", code=2)
    page = typed(space, "evaluate report first") and (space.reports / "first.html").read_text()
    assert "What people called the errors" in page
    assert ">wrong plan</a>" in page


def line(space: Workspace, **changes: object) -> Path:
    """What the report exports, for one wrong answer."""
    example = next(each.example for each in codings_of(space))
    told = {
        "run": "first",
        "example": example,
        "coder": "bob",
        "labels": ["vague"],
        "note": "",
        "at": "2026-11-20T10:00:00.000Z",
    }
    path = space.root / "first.codes.jsonl"
    path.write_text("\n" + json.dumps(told | changes) + "\n")
    return path


def codings_of(space: Workspace) -> list[Coding]:
    filled(space, "vague", "")
    typed(space, "evaluate code import filled.csv --coder ann --new")
    return codings.read(space)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"labels": ["vauge"]}, "first.codes.jsonl:2: `vauge` is no code of codes.toml; did you mean `vague`?"),
        ({"example": "0000"}, "first.codes.jsonl:2: run first was never asked `0000`"),
        ({"run": "second"}, "first.codes.jsonl:2: No run `second`"),
        ({"coder": ""}, "first.codes.jsonl:2: nobody is named as coder"),
        ({"at": "yesterday"}, "first.codes.jsonl:2: `at` is a time"),
        ({"labels": "vague"}, "first.codes.jsonl:2: no coded answer"),
        ({"labels": ["x" * 61]}, "first.codes.jsonl:2: a label has 1 to 60 characters"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_taken_is_named_and_nothing_is_changed(
    space: Workspace, changes: dict[str, object], said: str
) -> None:
    path = line(space, **changes)
    before = codings.read(space)

    assert said in typed(space, f"evaluate code import {path.name}", code=2)
    assert codings.read(space) == before


def test_of_two_words_of_one_coder_the_later_one_counts(space: Workspace) -> None:
    later = typed(space, f"evaluate code import {line(space).name}")
    path = line(space, labels=["Vague"], note="hm", at="2026-11-19T10:00:00Z")

    older = typed(space, f"evaluate code import {path.name}")

    assert "1 new" in later
    assert "1 older than what is known and left out" in older


def test_another_meaning_under_the_same_version_is_refused(space: Workspace) -> None:
    path = line(space)
    codes = taxonomy.path_of(space)
    text = codes.read_text().replace('definition = ""', 'definition = "Says too little."')
    codes.write_text(text)

    assert "set version = 2 in it" in typed(space, f"evaluate code import {path.name}", code=2)

    codes.write_text(
        text.replace("version = 1", "version = 2").replace("[code.vague]", "[code.unclear]")
    )
    assert "is no code of codes.toml" in typed(space, f"evaluate code import {path.name}", code=2)
    codes.write_text(codes.read_text() + 'was = ["vague"]\n')
    assert "1 new" in typed(space, f"evaluate code import {path.name}")


def test_a_taxonomy_that_cannot_be_meant_is_refused(space: Workspace) -> None:
    path = line(space)
    codes = taxonomy.path_of(space)
    codes.write_text(codes.read_text() + '\n[code.odd]\nwas = ["Vague"]\n')

    said = typed(space, f"evaluate code import {path.name}", code=2)

    assert "codes.toml: `Vague` stands for both `vague` and `odd`" in said
