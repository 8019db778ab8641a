"""Corpus, chats, training, release, one after the other: `make base-model`."""

import sys
from datetime import UTC, datetime

import msgspec
import torch

from data import store
from data.errors import BadInputError
from data.records import Example
from tests.base_model import CORPUS, FOLDER, REPOSITORY, corpus, instructions, pretrain, release


def main() -> None:
    try:
        prepare()
    except BadInputError as error:
        sys.exit(str(error))
    if not torch.cuda.is_available():
        work = CORPUS.parent.relative_to(REPOSITORY)
        sys.exit(
            f"The corpus stands in {work}. To train on it needs an NVIDIA GPU: copy that folder to a "
            "machine that has one, and run `make base-model` there."
        )
    bits = pretrain.train(CORPUS)
    found = (CORPUS / "sources.json").read_bytes()
    sources = msgspec.json.decode(found, type=list[corpus.Source])
    seen = round(pretrain.STEPS * pretrain.WINDOWS * pretrain.WINDOW / 1e6)
    today = datetime.now(UTC).date().isoformat()
    figures = release.Figures(round(bits, 4), seen, torch.cuda.get_device_name(), today)
    release.release(CORPUS / "model", sources, figures)


def prepare() -> None:
    """Corpus and chats, unless they stand already: a machine with a GPU may reach no packages."""
    if store.freshness(CORPUS / "split.jsonl", REPOSITORY) != "fresh":
        made = corpus.build(FOLDER)
        pretrain.say(f"{made.taken} pages in, {made.kept} kept, dropped: {made.dropped}")
    chats, documents = CORPUS / "chats.jsonl", CORPUS / "train.jsonl"
    if store.freshness(chats, REPOSITORY) != "fresh":
        with store.StageWriter(
            chats, "base chats", inputs=[documents], settings={}, root=REPOSITORY
        ) as out:
            out.add_all(instructions.build(store.read(documents, Example)))


if __name__ == "__main__":
    main()
