"""`train export`, as typed, and what other programs make of what it wrote."""

import re
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from data import store, workspace
from data.workspace import Workspace
from tests import make
from tests.train import splits
from tests.train.plain import Generates
from train import runs
from train.llama import cache
from train.proof import Proof

ROOT = Path(__file__).parent.parent.parent
COMMANDS = re.findall(
    r"^\$ (train export .+)$", (ROOT / "docs" / "export.md").read_text("utf-8"), re.MULTILINE
)
llama_is_here = pytest.mark.skipif(
    not (cache.converter_is_here() and cache.server_is_here()),
    reason="llama.cpp has not been fetched on this machine",
)


@pytest.fixture(scope="module")
def trained(trained: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The same workspace, where exports may stay."""
    return twin(trained, tmp_path_factory.mktemp("exported"))


@pytest.fixture(scope="module")
def begun(begun: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return twin(begun, tmp_path_factory.mktemp("exported"))


def twin(space: Workspace, folder: Path) -> Workspace:
    shutil.copytree(space.root, folder / "space")
    return workspace.find(folder / "space")


def copy_of(trained: Workspace, folder: Path) -> Path:
    """A workspace with a run of its own, to do harm to."""
    shutil.copytree(trained.root, folder / "copy")
    run = folder / "copy" / "runs" / "first"
    shutil.rmtree(run / "export", ignore_errors=True)
    return run


def exported(command: str, trained: Workspace) -> tuple[str, Path, Proof]:
    """What a command of the page for users prints and makes."""
    assert command in COMMANDS
    ran = make.run(command, cwd=trained.root)
    assert ran.code == 0, ran.output
    folder = trained.runs / "first" / "export" / command.rpartition(" ")[2]
    return ran.output, folder, store.read_json(folder / "proof.json", Proof)


@pytest.mark.parametrize(
    ("run", "measured"), [("trained", "likeliest token, mean"), ("begun", "logits differ by")]
)
def test_a_merged_model_answers_in_plain_transformers_and_ends(
    run: str, measured: str, request: pytest.FixtureRequest
) -> None:
    """Weights of 16 bits are held to what they expect, whole ones to their logits."""
    space = request.getfixturevalue(run)
    said, folder, proof = exported("train export first --to merged", space)

    from transformers import AutoModelForCausalLM, AutoTokenizer

    model: object = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True)
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    turns = [{"role": "user", "content": "reset password pls"}]
    asked = tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)
    prompt = tokenizer(str(asked), add_special_tokens=False, return_tensors="pt").input_ids
    assert isinstance(model, Generates)
    answer = model.generate(input_ids=prompt, max_new_tokens=60)[0, prompt.shape[1] :]
    assert tokenizer.decode(answer) == splits.ANSWERS[0] + "<|eos|>"
    assert [claim.holds for claim in proof.claims] == [True] * 6
    assert measured in said
    assert proof.files["model.safetensors"] == store.hash_file(folder / "model.safetensors")
    card = (folder / "README.md").read_text()
    assert "| configuration as the base's | every field | equal | holds |" in card
    assert "8 rows, " in card
    assert make.run("train export first --to merged", cwd=space.root).code == 2


def test_an_adapter_brings_along_the_base_that_exists_nowhere_else(begun: Workspace) -> None:
    _, folder, proof = exported("train export first --to adapter", begun)

    assert (folder / "base" / "model.safetensors").exists()
    assert not proof.failed
    assert "transformers" in proof.versions
    assert proof.base_hash == runs.read_manifest(begun.runs / "first").base_hash


@llama_is_here
def test_ollama_gets_a_file_that_answers_in_llama_cpp_as_in_transformers(
    trained: Workspace,
) -> None:
    _, folder, proof = exported("train export first --to ollama", trained)

    found = {claim.claim: claim.measured for claim in proof.claims if claim.holds}
    assert found["llama.cpp gives the same greedy answers as transformers"] == "8 of 8"
    assert [claim.claim for claim in proof.claims if not claim.holds] == [
        "Ollama answers as the run does"
    ]
    assert proof.versions["converter"] == "llama-cpp-python==0.3.36"
    assert (folder / "Modelfile").read_text().startswith("FROM ./first.gguf\nTEMPLATE ")
    assert not list(folder.rglob("*.safetensors"))


def test_without_the_registry_a_gguf_says_what_to_do_and_leaves_nothing(
    trained: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")

    ran = make.run("train export first --to gguf", cwd=trained.root)

    assert ran.code == 2
    assert "must be fetched once from the package registry" in ran.output
    assert [path.suffix for path in (tmp_path / "gristmill").iterdir()] == [".lock"]
    assert not leftovers(trained.runs / "first")


def test_an_export_that_does_not_say_what_the_run_says_is_not_written(
    begun: Workspace, tmp_path: Path
) -> None:
    from safetensors.torch import load_file, save_file

    run = copy_of(begun, tmp_path)
    adapter = run / "adapter" / "adapter_model.safetensors"
    base = load_file(run / "base" / "model.safetensors")
    idle = {
        name: base.get(name.removeprefix("base_model.model."), weight * 0)
        for name, weight in load_file(adapter).items()
    }
    save_file(idle, adapter, metadata={"format": "pt"})

    ran = make.run("train export first", cwd=run.parent.parent)

    assert ran.code == 2
    assert "FAILS" in ran.output
    assert "the adapter changes what the base says. Nothing was written." in ran.output
    assert not leftovers(run)


def test_an_adapter_of_another_base_is_refused(begun: Workspace, tmp_path: Path) -> None:
    run = copy_of(begun, tmp_path)
    (run / "base" / "config.json").write_text("{}")

    ran = make.run("train export first --to adapter", cwd=run.parent.parent)

    assert ran.code == 2
    assert "has changed since; the adapter belongs to what it was" in ran.output


def test_a_tokenizer_that_lost_its_template_is_refused(begun: Workspace, tmp_path: Path) -> None:
    run = copy_of(begun, tmp_path)
    shutil.copytree(run / "base", run / "tokenizer")
    (run / "tokenizer" / "chat_template.jinja").unlink()

    for verb in ("export", "chat", "serve --port 0"):
        ran = make.run(f"train {verb}", cwd=run.parent.parent)

        assert ran.code == 2, ran.output
        assert "has no chat template" in ran.output


def test_on_a_full_disk_nothing_is_left(trained: Workspace, tmp_path: Path) -> None:
    run = copy_of(trained, tmp_path)

    with room_for(100_000):
        ran = make.run("train export first --to merged", cwd=run.parent.parent)

    assert ran.code == 2, ran.output
    assert "Make room" in ran.output
    assert not leftovers(run)


@pytest.mark.parametrize("verb", ["export", "chat", "serve --port 0"])
def test_a_run_that_is_not_there_or_not_done_is_named(
    verb: str, trained: Workspace, tmp_path: Path
) -> None:
    space = splits.write(make.space(tmp_path))

    unknown = make.run(f"train {verb} second", cwd=trained.root)
    none = make.run(f"train {verb}", cwd=space.root)

    assert (unknown.code, none.code) == (2, 2)
    assert "No run `second`" in unknown.output
    assert "`train run` makes one" in none.output


def test_a_run_of_all_weights_has_no_adapter(trained: Workspace, tmp_path: Path) -> None:
    run = copy_of(trained, tmp_path)
    whole = msgspec.structs.replace(runs.read_manifest(run), trained="model")
    store.write_json(run / "manifest.json", whole)

    ran = make.run("train export first --to adapter", cwd=run.parent.parent)

    assert ran.code == 2
    assert "`--to merged` writes the model" in ran.output
    assert "there are: adapter, merged, gguf, ollama" in make.run(
        "train export first --to onnx", cwd=run.parent.parent
    ).output.replace("\n", " ")


def leftovers(run: Path) -> list[Path]:
    folder = run / "export"
    kinds = {"merged", "adapter", "ollama"}
    return [path for path in folder.iterdir() if path.name not in kinds] if folder.exists() else []


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file may grow larger than so many bytes."""
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
