"""The curated split as a Hugging Face dataset: Parquet files and a card. The door to `datasets`."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec

from curation.certificate import Certificate
from data import store
from data.records import Example


class Inclusion(msgspec.Struct, frozen=True):
    """What the certificate tells about the inclusion rule."""

    rule: str
    means: str
    by: dict[str, int]


def save(folder: Path, parts: dict[str, Sequence[Example]], proof: Certificate) -> None:
    """Write one Parquet file a part, and the card that `load_dataset(folder)` reads."""
    from datasets import Dataset, disable_progress_bars

    disable_progress_bars()
    fresh = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir(parents=True)
        for name, rows in parts.items():
            if rows:
                Dataset.from_list([_row(row) for row in rows]).to_parquet(
                    fresh / f"{name}.parquet"
                )
        store.write_bytes(fresh / "README.md", card(parts, proof).encode("utf-8", "replace"))
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def card(parts: dict[str, Sequence[Example]], proof: Certificate) -> str:
    """What is in it, how it came about, and what was checked."""
    rows = [row for part in parts.values() for row in part]
    teachers = sorted({row.origin.teacher for row in rows if row.origin.teacher})
    reviewers = sorted({review.annotator for row in rows for review in row.reviews})
    lines = ["---", "configs:", "- config_name: default", "  data_files:"]
    for name, part in parts.items():
        if part:
            lines += [f"  - split: {name}", f"    path: {name}.parquet"]
    lines += ["---", "", "# Curated split", "", "| part | rows | families |", "|---|---|---|"]
    lines += [
        f"| {name} | {len(part)} | {len({row.family for row in part})} |"
        for name, part in parts.items()
    ]
    lines += [
        "",
        "`train` is learnt from; `dev` is for error analysis; `test` stays locked; `probes` ask for",
        "facts of the train side in words that were withheld.",
        "",
        f"- Teachers of synthetic wordings: {', '.join(teachers) or 'none'}",
        f"- Reviewed by: {', '.join(reviewers) or 'nobody'}",
        *_inclusion(proof),
        "",
        "## Leak certificate",
        "",
        "| rule | ran | threshold | train rows barred |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {rule.name} | {'yes' if rule.ran else 'no'} | {rule.threshold} | {rule.barred} |"
        for rule in proof.rules
    ]
    return "\n".join(lines) + "\n"


def _inclusion(proof: Certificate) -> list[str]:
    """The rule by which examples were taken in, and who decided on how many."""
    if "inclusion" not in proof.details:
        return []
    told = msgspec.convert(proof.details["inclusion"], Inclusion)
    by = "; ".join(f"{who}: {count}" for who, count in told.by.items())
    return [f"- Inclusion rule: {told.rule} ({told.means})", f"- Decided by: {by}"]


def _row(row: Example) -> dict[str, object]:
    return {
        "id": row.id,
        "messages": [{"role": turn.role, "content": turn.content} for turn in row.messages],
        "family": row.family,
        "source": row.origin.source,
        "locator": row.origin.locator,
        "recipe": row.origin.recipe,
        "teacher": row.origin.teacher,
        "weight": row.scores.get("weight", 1.0),
    }
