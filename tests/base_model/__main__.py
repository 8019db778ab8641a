"""Corpus, chats, training, release, one after the other: `make base-model`."""

import sys
from datetime import UTC, datetime

import msgspec
import torch

from data import store
from data.errors import BadInputError
from data.records import Example
from tests.base_model import CORPUS, FOLDER, corpus, instructions, pretrain, release


def main() -> None:
    try:
        made = corpus.build(FOLDER)
    except BadInputError as error:
        sys.exit(str(error))
    pretrain.say(f"{made.taken} pages in, {made.kept} kept, dropped: {made.dropped}")
    documents = store.read(CORPUS / "train.jsonl", Example)
    chats = CORPUS / "chats.jsonl"
    with store.StageWriter(
        chats, "base chats", inputs=[CORPUS / "train.jsonl"], settings={}, root=FOLDER
    ) as out:
        out.add_all(instructions.build(documents))
    if not torch.cuda.is_available():
        sys.exit(f"The corpus stands in {CORPUS}; to train on it needs an NVIDIA GPU.")
    bits = pretrain.train(CORPUS)
    found = (CORPUS / "sources.json").read_bytes()
    sources = msgspec.json.decode(found, type=list[corpus.Source])
    seen = pretrain.STEPS * pretrain.WINDOWS * pretrain.WINDOW // 1_000_000
    today = datetime.now(UTC).date().isoformat()
    figures = release.Figures(round(bits, 4), seen, torch.cuda.get_device_name(), today)
    release.release(CORPUS / "model", sources, figures)


if __name__ == "__main__":
    main()
