"""`train check` and `train run`, as typed."""

import re
from pathlib import Path

import msgspec
import pytest

from data import store
from data.errors import BadInputError
from data.workspace import Workspace
from tests import make
from tests.train import splits, training
from train import runs
from train.runs import Step


def test_check_shows_rows_with_their_mask_and_counts(tmp_path: Path) -> None:
    splits.write(make.space(tmp_path))

    ran = make.run("train check --rows 1", cwd=tmp_path)

    assert ran.code == 0, ran.output
    assert "masked  <|bos|>|<|user|>|How| do| I| reset| my| password|?" in ran.output
    assert "learnt  Open| Settings|,| choose| Security| and| press| Reset|.|<|eos|>" in ran.output
    assert "rows 8, tokens" in ran.output
    assert "4 of 4 answers verbatim, each with its end" in " ".join(ran.output.split())
    assert "All checks passed." in ran.output
    assert not list((tmp_path / "runs").iterdir()) + list((tmp_path / "reports").iterdir())


def test_the_page_of_a_check_needs_nothing_else_and_runs_nothing_of_its_rows(
    tmp_path: Path,
) -> None:
    hostile = make.example("Where is <script>alert(1)</script>?", 'Under "<b>Billing</b>" & more.')
    space = splits.write(make.space(tmp_path), [*splits.taught(), hostile])

    ran = make.run("train check --rows 0 --html", cwd=tmp_path)

    assert ran.code == 0, ran.output
    page = (space.reports / "check.html").read_text()
    assert not re.search(r"<(script|b|link)\b|\b(src|href)=", page)
    assert "&lt;" in page
    _, first, *others = page.split('<div class="tokens">')
    learnt = re.findall(r'<span class="learnt" title="\d+">(.*?)</span>', first)
    assert "".join(learnt) == splits.ANSWERS[0] + "&lt;|eos|&gt;"
    assert len(others) == 8
    assert '<td class="fail">' not in page


def test_an_over_long_row_is_shown_by_check_and_refused_by_run(tmp_path: Path) -> None:
    space = splits.write(make.space(tmp_path, "[train.trainer]\nmax_length = 20\n"))
    first = splits.taught()[0]

    checked = make.run("train check", cwd=tmp_path)
    shown = make.run(f"train check --row {first.id}", cwd=tmp_path)

    with pytest.raises(BadInputError, match=f"length: row {first.id}"):
        training.run(space)
    assert checked.code == 2
    assert "over 20 tokens: 5" in checked.output
    assert "reset| my| password" in shown.output
    assert "overfit" not in checked.output
    assert not list(space.runs.iterdir())


def test_a_run_is_complete_and_tells_what_it_was_made_from(begun: Workspace) -> None:
    run = begun.runs / "first"
    made = runs.read_manifest(run)

    assert {path.name for path in run.iterdir()} == {
        *("adapter", "base", "loss.svg", "manifest.json", "metrics.jsonl", "README.md"),
        "settings.json",
    }
    assert (made.base, made.rows, made.steps) == ("tiny", 8, 60)
    assert made.split[0] == store.mark(begun.split / "train.jsonl", begun.root, records=8)
    assert made.final_loss < 0.1
    metrics = list(store.read(run / "metrics.jsonl", Step))
    assert [step.step for step in metrics] == list(range(1, 61))
    assert metrics[0].loss > 10 * metrics[-1].loss


def test_a_run_holds_no_pickle_and_no_path_of_this_machine(begun: Workspace) -> None:
    files = [path for path in (begun.runs / "first").rglob("*") if path.is_file()]

    assert {path.suffix for path in files} == {
        *(".safetensors", ".json", ".jsonl", ".jinja", ".md", ".svg")
    }
    readable = [path.read_text() for path in files if path.suffix != ".safetensors"]
    assert not any(str(begun.root) in text for text in readable)


def test_every_field_is_resolved_in_the_settings_of_a_run(begun: Workspace) -> None:
    resolved = msgspec.json.decode((begun.runs / "first" / "settings.json").read_bytes())

    assert resolved["train"]["trainer"]["num_train_epochs"] == 60
    assert resolved["trainer"]["weight_decay"] == 0.0
    assert resolved["adapter"]["r"] == resolved["train"]["peft"]["r"]


def test_a_folder_serves_as_base_and_is_not_copied(begun: Workspace, tmp_path: Path) -> None:
    base = begun.runs / "first" / "base"
    toml = (
        f'[train.model]\nmodel_name = "{base}"\npad_token = "<|bos|>"\n'
        "[train.trainer]\nnum_train_epochs = 1\n"
    )
    space = splits.write(make.space(tmp_path, toml))

    made = training.run(space, runs.next_name(space))

    assert (made.name, made.base_folder) == ("run-1", str(base))
    assert made.base_hash == runs.read_manifest(begun.runs / "first").base_hash
    assert not (space.runs / "run-1" / "base").exists()
    assert (space.runs / "run-1" / "tokenizer" / "tokenizer.json").exists()


def test_a_training_that_runs_away_is_stopped_and_leaves_nothing(tmp_path: Path) -> None:
    toml = "[train.trainer]\nlearning_rate = 1e30\nwarmup_steps = 0\nnum_train_epochs = 5\n"
    space = splits.write(make.space(tmp_path, toml))

    ran = make.run("train run", cwd=tmp_path)

    assert ran.code == 2, ran.output
    assert "the training ran away. Lower learning_rate under [train.trainer]." in ran.output
    assert not list(space.runs.iterdir())
