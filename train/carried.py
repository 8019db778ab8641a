"""What an export carries along unchanged: tokenizer, template, generation settings, configuration."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from transformers import AutoConfig, GenerationConfig, PreTrainedTokenizerBase

from data import store
from train import bases, chat, runs
from train.probes import Probe
from train.proof import Claim
from train.runs import RunManifest

SPOKEN = (
    *("tokenizer*", "special_tokens_map.json", "added_tokens.json", "chat_template*"),
    *("vocab.*", "merges.txt", "*.model"),
)
"""The files of a tokenizer."""
UNLIKE = {"_name_or_path", "dtype", "torch_dtype", "transformers_version"}
"""Fields of a configuration that say who wrote it, and not what it means."""


def copy_tokenizer(run: Path, folder: Path) -> None:
    """File by file: writing it anew might change it."""
    source = bases.spoken(run)
    for path in sorted({path for kind in SPOKEN for path in source.glob(kind)}):
        shutil.copyfile(path, folder / path.name)


def write_generation(run: Path, folder: Path) -> None:
    """The base's generation settings, with the end token that was trained among its own."""
    told = _generation(runs.base_folder(run))
    end = bases.read_tokenizer(bases.spoken(run)).eos_token_id
    if end not in ends(told):
        told.eos_token_id = [end, *ends(told)]
    # Not by its own way of saving, which refuses settings that some models are published with.
    store.write_bytes(folder / "generation_config.json", told.to_json_string().encode())


def compare(
    run: Path, manifest: RunManifest, folder: Path, probes: Sequence[Probe]
) -> list[Claim]:
    """All of it, read back, against the run and its base."""
    return [
        compare_tokenizer(run, manifest, folder, probes),
        _compare_generation(run, folder),
        _compare_configuration(run, folder),
    ]


def compare_tokenizer(
    run: Path, manifest: RunManifest, folder: Path, probes: Sequence[Probe]
) -> Claim:
    was, now = bases.read_tokenizer(bases.spoken(run)), bases.read_tokenizer(folder)
    trained = (manifest.tokenizer_hash, manifest.template_hash)
    holds = (
        trained == (bases.hash_tokenizer(now), chat.template_hash(now))
        and _specials(was) == _specials(now)
        and all(chat.prompt_ids(each.messages, now) == each.prompt for each in probes)
    )
    found = f"{len(now):,} tokens, template {chat.template_hash(now)}"
    return Claim(
        "tokens, special tokens and chat template as trained", found, "equal", holds=holds
    )


def ends(told: GenerationConfig) -> list[int]:
    """The tokens at which generation ends."""
    found = told.eos_token_id
    if found is None:
        return []
    return list(found) if isinstance(found, list) else [found]


def _compare_generation(run: Path, folder: Path) -> Claim:
    tokenizer = bases.read_tokenizer(folder)
    before = _generation(runs.base_folder(run))
    after = GenerationConfig.from_pretrained(folder, local_files_only=True)
    added = [end for end in ends(after) if end not in ends(before)]
    unlike = _unlike(before.to_dict(), after.to_dict()) - {"eos_token_id"}
    found = f"ends at {tokenizer.eos_token}" + (", which the base did not list" if added else "")
    holds = not unlike and tokenizer.eos_token_id in ends(after)
    if unlike:
        found += f"; differs in {', '.join(sorted(unlike))}"
    return Claim(
        "generation settings as the base's, and the end as trained", found, "equal", holds=holds
    )


def _compare_configuration(run: Path, folder: Path) -> Claim:
    before, after = (
        AutoConfig.from_pretrained(path, local_files_only=True).to_dict()
        for path in (runs.base_folder(run), folder)
    )
    unlike = _unlike(before, after)
    found = f"differs in {', '.join(sorted(unlike))}" if unlike else "every field"
    return Claim("configuration as the base's", found, "equal", holds=not unlike)


def _generation(base: Path) -> GenerationConfig:
    if (base / "generation_config.json").exists():
        return GenerationConfig.from_pretrained(base, local_files_only=True)
    config = AutoConfig.from_pretrained(base, local_files_only=True)
    return GenerationConfig.from_model_config(config)


def _unlike(before: dict[str, object], after: dict[str, object]) -> set[str]:
    return {key for key in {*before, *after} - UNLIKE if before.get(key) != after.get(key)}


def _specials(tokenizer: PreTrainedTokenizerBase) -> tuple[int | None, ...]:
    return tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id
