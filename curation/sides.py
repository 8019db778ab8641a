"""Which side a family stands on: drawn once from its id, the same on every machine."""

import hashlib

from data.records import Side
from data.settings import SplitSettings


def draw_side(family: str, settings: SplitSettings) -> Side:
    digest = hashlib.blake2b(f"{settings.salt}\x1f{family}".encode(), digest_size=8).digest()
    place = int.from_bytes(digest) / 2**64
    if place < settings.test:
        return "test"
    return "dev" if place < settings.test + settings.dev else "train"
