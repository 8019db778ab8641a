"""`train export`: a run as other programs take it, and the proof that it still says the same.

An export is made as `.KIND.part` and appears under its name once every claim that was looked at
holds. What fails or is interrupted leaves nothing.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import msgspec
from jinja2 import Environment, StrictUndefined

from data import store, terminal
from data.errors import BadInputError, chosen
from data.training import Outtype, TrainSettings
from data.workspace import Workspace
from train import environment, probes, proof, runs
from train.probes import Probe
from train.proof import Claim, Proof, not_run
from train.runs import RunManifest

if TYPE_CHECKING:
    from train.llama.convert import Facts

Kind = Literal["adapter", "merged", "gguf", "ollama"]
KINDS: tuple[Kind, ...] = get_args(Kind)
PICKLES = {".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt"}
"""Endings of files that may hold code."""
OF_THE_CARD = ("loss.svg", "settings.json", "metrics.jsonl")
"""Files of the run that its model card speaks of."""


class Order(NamedTuple):
    """What is exported, and on what it is compared."""

    run: Path
    manifest: RunManifest
    probes: Sequence[Probe]
    outtype: Outtype

    @property
    def gguf(self) -> str:
        return f"{self.run.name}.gguf"


class UnprovenError(BadInputError):
    """An export that does not say what the run says; `claims` tell where."""

    def __init__(self, message: str, claims: Sequence[Claim]) -> None:
        super().__init__(message)
        self.claims = claims


def kind_of(name: str) -> Kind:
    """Raises BadInputError where there is no such kind of export."""
    return chosen(name, KINDS, f"Nothing is exported `--to {name}`")


def home(run: Path, kind: Kind) -> Path:
    return run / "export" / kind


def export(space: Workspace, run: Path, kind: Kind, folder: Path) -> Proof:
    """Write a run into a new folder, with proof and model card."""
    manifest = runs.read_answering(run)
    if kind == "adapter" and manifest.trained == "model":
        raise BadInputError(
            f"{run.name} trained all weights and has no adapter; `--to merged` writes the model."
        )
    environment.quiet()
    environment.offline()
    from train import bases

    with _making(folder) as part:
        asked = probes.choose(space, manifest, bases.read_tokenizer(bases.spoken(run)))
        order = Order(run, manifest, asked, space.settings.train.export.outtype)
        write = {"adapter": _adapter, "merged": _merged, "gguf": _gguf, "ollama": _ollama}[kind]
        claims = [*write(order, part), _no_pickle(part)]
        made = _proof(order, kind, part, claims)
        if made.failed:
            raise UnprovenError(
                f"The export does not say what {run.name} says: "
                f"{'; '.join(each.claim for each in made.failed)}. Nothing was written.",
                claims,
            )
        _describe(order, made, part)
    return made


@contextmanager
def _making(folder: Path) -> Iterator[Path]:
    """Hand out a folder to be; it appears under its name once the block is done."""
    if folder.exists():
        raise BadInputError(f"{folder} is there already; remove it, or choose another --output.")
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        yield part
        for path in part.rglob("*"):
            store.sync(path)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _adapter(order: Order, folder: Path) -> Iterator[Claim]:
    """The adapter and its tokenizer, and its base where that lies in the run and nowhere else."""
    from train import bases, carried, merged

    for path in sorted((order.run / "adapter").iterdir()):
        shutil.copyfile(path, folder / path.name)
    carried.copy_tokenizer(order.run, folder)
    base = bases.of_run(order.run)
    if base.is_relative_to(order.run):
        shutil.copytree(base, folder / "base")
    yield merged.compare_adapters(order.run, folder, order.probes)
    yield carried.compare_tokenizer(order.run, order.manifest, folder, order.probes)


def _merged(order: Order, folder: Path) -> Iterator[Claim]:
    """Base and adapter as one model."""
    from train import carried, merged

    with terminal.waiting("Writing the model and comparing it with the run"):
        if order.manifest.trained == "adapter":
            told = msgspec.json.decode((order.run / "settings.json").read_bytes())["train"]
            was_4bit = bool(TrainSettings.model_validate(told).model.load_in_4bit)
            yield from merged.merge(order.run, folder, order.probes, was_4bit=was_4bit)
        else:
            yield merged.copy_whole(order.run, folder, order.probes)
    carried.copy_tokenizer(order.run, folder)
    carried.write_generation(order.run, folder)
    yield from carried.compare(order.run, order.manifest, folder, order.probes)


def _gguf(order: Order, folder: Path) -> list[Claim]:
    """One file for llama.cpp and what is built on it."""
    claims, _ = _with_gguf(order, folder)
    return claims


def _ollama(order: Order, folder: Path) -> Iterator[Claim]:
    """The same file, and a Modelfile with the chat template in Ollama's language."""
    from train import bases, modelfile

    tokenizer = bases.read_tokenizer(bases.spoken(order.run))
    modelfile.template(tokenizer, bos_added=False)  # Refuses before the long work begins.
    claims, facts = _with_gguf(order, folder)
    yield from claims
    yield from modelfile.write(folder, order.gguf, tokenizer, facts, order.probes)
    yield not_run("Ollama answers as the run does", "Ollama was not asked")


def _with_gguf(order: Order, folder: Path) -> "tuple[list[Claim], Facts]":
    """Write the file by way of the merged model, which is removed again."""
    from train.llama import cache, compare, convert

    cache.converter()  # Before the long work, since without network it ends here.
    merged = folder / "merged"
    claims = list(_merged(order, merged))
    facts = convert.to_gguf(merged, folder / order.gguf, order.outtype)
    claims += compare.claims(folder / order.gguf, merged, facts, order.probes)
    shutil.rmtree(merged)
    return claims, facts


def _no_pickle(folder: Path) -> Claim:
    found = sorted(path.name for path in folder.rglob("*") if path.suffix in PICKLES)
    told = ", ".join(found) or "safetensors, GGUF and text"
    return Claim("no file holds code", told, "no pickle", holds=not found)


def _proof(order: Order, kind: Kind, folder: Path, claims: Sequence[Claim]) -> Proof:
    made = sorted(path for path in folder.rglob("*") if path.is_file())
    return Proof(
        run=order.run.name,
        kind=kind,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        base_hash=order.manifest.base_hash,
        probes=len(order.probes),
        claims=tuple(claims),
        files={str(path.relative_to(folder)): store.hash_file(path) for path in made},
        versions=_versions(kind),
    )


def _versions(kind: Kind) -> dict[str, str]:
    from train.llama import engine

    libraries = {name: version(name) for name in ("gristmill", "torch", "transformers", "peft")}
    return libraries | (engine.versions() if kind in ("gguf", "ollama") else {})


def _describe(order: Order, made: Proof, folder: Path) -> None:
    """The proof, and a README: how to use the export, what was proved, the run's model card."""
    for name in OF_THE_CARD:
        shutil.copyfile(order.run / name, folder / name)
    store.write_json(folder / "proof.json", made)
    source = (files("train") / "templates" / "export.md.jinja").read_text(encoding="utf-8")
    language = Environment(undefined=StrictUndefined, autoescape=False)
    text = language.from_string(source).render(
        proof=made,
        claims=proof.markdown(made.claims),
        run=order.manifest,
        gguf=order.gguf,
        card=(order.run / "README.md").read_text(encoding="utf-8"),
    )
    store.write_bytes(folder / "README.md", text.encode())
