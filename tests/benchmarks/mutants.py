"""Whether anything breaks a reader: thousands of sources that were sound and are not any more.

A crash is any error but those that tell the user what is wrong with a file. What was read must
be kept or dropped, each message and row once.
"""

import json
import logging
import multiprocessing
import os
import random
import re
import signal
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import FrameType

from curation.sources import readers, slack, walk
from curation.sources.units import Found, Notes, Unit
from curation.sources.walk import Source
from data.errors import BadInputError
from data.records import Drop
from tests.benchmarks import seeds
from tests.benchmarks.seeds import Seed

INPUTS = 10_000
AT_ONCE = 250
MOST_SECONDS = 2.0
"""Of the processor: on a busy machine others take their time too."""
HOSTILE = tuple(
    token.encode("utf-8", "surrogatepass")
    for token in (
        "\x00", "\ufeff", "\u202e", "\u2028", "\ud83d", "\\ud83d", "\\u0000", "²", "①", "\r", "\x0c", "\x1a",
        "<", ">", "<!--", "<![CDATA[", "</p>", "<div>" * 300, "<b>" * 300, "<ul><li>" * 200, "<table><tr><td>" * 100,
        "<details><summary>", "</details>", "<dl><dt>", '<div role="heading" aria-level="²">', "<script>", "<svg>",
        "<h7>", '<a href="#x">', '<button aria-controls="a">', "<q id=a aria-expanded>", "&#x110000;", "&#xd800;", "&amp;amp;",
        "[" * 500, "[" * 20_000, "{" * 500, '{"a":' * 2000, "]" * 9, '"', "'", "`", "```", "````\n", "~~~", "*" * 200, "_" * 200, "**", "__",
        "(" * 200, "[a](" * 60, "![" * 100, "[[", "]]", "> " * 200, "- " * 200, "1. " * 200, "#" * 9, "\n#", "\n---\n", "\n===\n", "+++\n",
        "\n=over\n", "\n=item *\n", "\n=head2 ", "\n=begin x\n", "C<<< ", "I<" * 200, "\n.. include:: /etc/passwd\n", "\n.. list-table::\n",
        "\n.. |x| replace:: |x|\n", "\n.. _x: x_\n", ":ref:`", "\n.. csv-table::\n\n   \"", "\n::\n", "|", "|" * 300, "|===\n", "\n----\n", "\n+\n",
        "::\n", "\nifdef::x[]\n", "\n====\n", ":::note ", '??? "', "{{< a \"", "\t" * 50, " " * 3000, "\n" * 500, ",", ";", "?" * 400, "¿", "Q: ", "A: ",
        "9" * 5000, "-1", "1e999", "NaN", "-Infinity", "null", "true", "{}", "[]", '""', "[null]", '{"ts": 1e400}', '"ts": -1,', '"ts": true,',
        '"ts": "٣.٤",', '"blocks": [[]],', '"blocks": [{"type": "rich_text", "elements": [{}]}],', '"replies": 7,', '"user": {},',
        '"message": {"message": {}},', '"edited": [],', '"subtype": "message_deleted", "deleted_ts": "x",', "<@", "<!subteam^", "<http://",
        '"updated_at": 99999999999999999,', '"thread_ts": "0",', "\\", "\\x", "%s", "{0}", "\n\nxref\n", "/Length -1", "stream", "obj", "PK\x03\x04",
    )
)  # fmt: skip
Mutation = Callable[[random.Random, bytes, bytes], bytes]


class HangError(BaseException):
    """Nothing that is caught on the way."""


def measure() -> dict[str, float]:
    starts = range(0, INPUTS, AT_ONCE)
    with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as crew:
        faults = [each for found in crew.imap(faults_from, starts) for each in found]
    for what, _ in Counter(each.splitlines()[-1] for each in faults).most_common(5):
        sys.stderr.write(f"{what}\n")
    sys.stderr.write("".join(faults[:1]))
    return {"fuzz_crashes": len(faults)}


def faults_from(start: int) -> list[str]:
    """What went wrong with the inputs from this one on, each as a text."""
    logging.disable()
    signal.signal(signal.SIGPROF, _hang)
    with tempfile.TemporaryDirectory() as name:
        known = seeds.written(Path(name))
        found = [fault(number, known) for number in range(start, start + AT_ONCE)]
    return [each for each in found if each]


def fault(number: int, known: Sequence[Seed]) -> str:
    """What goes wrong with one input; "" where nothing does."""
    draw = random.Random(number)
    seed = known[number % len(known)]
    seed.file.write_bytes(mutated(draw, seed.content, draw.choice(known).content))
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
    try:
        wrong = lost(seed.source)
    except BadInputError:
        wrong = ""
    except (Exception, HangError) as error:  # noqa: BLE001 - whatever it is, it is the finding
        wrong = "".join(traceback.format_exception(error, limit=-6))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        seed.file.write_bytes(seed.content)
    return f"input {number}, {seed.file.name}: {wrong}" if wrong else ""


def lost(path: Path) -> str:
    """What was read from here and is neither kept nor dropped; "" where all is."""
    with ExitStack() as zips:
        sources = walk.find([path], None, zips).sources
        return "".join(map(_lost_of, sources))


def _lost_of(source: Source) -> str:
    notes = Notes()
    read = partial(slack.read, source.archive, slack.Told(str)) if source.kind == "slack" else None
    found = list(read(notes) if read else readers.read(source, notes))
    return unconserved(found, notes)


def unconserved(found: Sequence[Found], notes: Notes) -> str:
    """Which count of a reader is not that of what it handed over."""
    units = [each for each in found if isinstance(each, Unit)]
    kinds = Counter(each.kind for each in units)
    drops = [each for each in found if isinstance(each, Drop)]
    alone = [each for each in drops if not each.reason.endswith("-file")]
    handed = {
        "entries": kinds["faq"],
        "sections": kinds["page"],
        "messages": sum(len(each.turns) for each in units) + len(alone),
        "rows": len(found) - notes.counts["further languages of a row"],
    }
    held = {key for key in ("messages", "rows") if key not in notes.counts}
    wrong = {k: (notes.counts[k], n) for k, n in handed.items() if k not in held}
    return "".join(f"{k}: {a} read, {n} told. " for k, (a, n) in wrong.items() if a != n)


def mutated(draw: random.Random, content: bytes, other: bytes) -> bytes:
    """The content after one to four accidents."""
    for _ in range(draw.randrange(1, 5)):
        content = draw.choice(MUTATIONS)(draw, content, other)
    return content


def _flip(draw: random.Random, content: bytes, _other: bytes) -> bytes:
    flipped = bytearray(content)
    for _ in range(draw.randrange(1, 9)):
        if flipped:
            flipped[draw.randrange(len(flipped))] ^= 1 << draw.randrange(8)
    return bytes(flipped)


def _truncate(draw: random.Random, content: bytes, _other: bytes) -> bytes:
    return content[: draw.randrange(len(content) + 1)]


def _duplicate(draw: random.Random, content: bytes, _other: bytes) -> bytes:
    start, end = _piece(draw, content)
    return content[:end] + content[start:end] * draw.choice((1, 2, 30)) + content[end:]


def _splice(draw: random.Random, content: bytes, other: bytes) -> bytes:
    start, end = _piece(draw, content)
    first, last = _piece(draw, other)
    return content[:start] + other[first:last] + content[end:]


def _insert(draw: random.Random, content: bytes, _other: bytes) -> bytes:
    at = draw.randrange(len(content) + 1)
    return content[:at] + draw.choice(HOSTILE) + content[at:]


def _piece(draw: random.Random, content: bytes) -> tuple[int, int]:
    start = draw.randrange(len(content) + 1)
    return start, min(len(content), start + draw.randrange(400))


def _swap_types(draw: random.Random, content: bytes, _other: bytes) -> bytes:
    """JSON that is whole, but in which some values are of another type, or far too many."""
    try:
        tree = json.loads(content)
    except (ValueError, RecursionError):
        return _insert(draw, content, _other)
    for _ in range(draw.randrange(1, 6)):
        tree = _swapped(draw, tree)
    return json.dumps(tree, ensure_ascii=draw.random() < 0.5).encode("utf-8", "surrogatepass")


def _swapped(draw: random.Random, tree: object) -> object:
    if isinstance(tree, dict) and tree and draw.random() < 0.85:
        key = draw.choice(list(tree))
        if draw.random() < 0.1:
            return {each: value for each, value in tree.items() if each != key}
        return {**tree, key: _swapped(draw, tree[key])}
    if isinstance(tree, list) and tree and draw.random() < 0.85:
        at = draw.randrange(len(tree))
        return [*tree[:at], _swapped(draw, tree[at]), *tree[at + 1 :]]
    return draw.choice((*ODD, [tree], {"text": tree}, [tree] * 50))


def _damage_zip(draw: random.Random, content: bytes, other: bytes) -> bytes:
    """One field of a header of a packed file: a size, an offset, a flag, a method."""
    starts = [each.start() for each in re.finditer(rb"PK[\x01-\x08]{2}", content)]
    if not starts:
        return _insert(draw, content, other)
    at = draw.choice(starts) + draw.randrange(4, 46)
    value = draw.choice((0, 1, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)).to_bytes(4, "little")
    size = draw.choice((1, 2, 4))
    return content[:at] + value[:size] + content[at + size :]


def _reencode(draw: random.Random, content: bytes, _other: bytes) -> bytes:
    """The same words in another encoding, or with marks between its letters."""
    text = content.decode("utf-8", "replace")
    if draw.random() < 0.5:
        return text.encode(
            draw.choice(("utf-16", "utf-32", "utf-7", "cp037", "utf-8-sig")), "replace"
        )
    mark, at = draw.choice(MARKS), draw.randrange(len(text) + 1)
    piece = text[at : at + 200]
    return (text[:at] + mark.join(piece) + text[at + 200 :]).encode("utf-8", "surrogatepass")


def _nest(draw: random.Random, content: bytes, _other: bytes) -> bytes:
    opening, closing = draw.choice(NESTS)
    depth = draw.choice((50, 500, 5000))
    start, end = _piece(draw, content)
    return b"".join(
        (content[:start], opening * depth, content[start:end], closing * depth, content[end:])
    )


ODD: tuple[object, ...] = (
    None, True, False, 0, -1, 10**400, 1e308, float("nan"), float("-inf"), "", " ", "\x00", "\u202e", "\ud83d",
    "9" * 400, "1700000000.000100", "0", "-1.5", "1e309", [], {}, [[]], [None], {"": None}, "<@U1>", "```", "x" * 20_000,
)  # fmt: skip
MARKS = (
    "\u0300" * 8,
    "\u200d",
    "\u200b",
    "\u202e",
    "\ufe0f",
    "\x07",
    "\x1b[31m",
    "\x85",
    "\u2029",
    "\r",
    "\ufffe",
    "\U000e0041",
)
NESTS = (
    (b"<div>", b"</div>"), (b"<ul><li>", b"</li></ul>"), (b"<table><tr><td>", b"</td></tr></table>"),
    (b"<blockquote>", b"</blockquote>"), (b"<details><summary>?", b"</summary></details>"), (b"[", b"]"),
    (b'{"a":', b"}"), (b"(", b")"), (b"> ", b""), (b"  - ", b""), (b"*", b"*"), (b"**a ", b"**"), (b"C<", b">"),
    (b"```\n", b"\n```"), (b"<b>", b""), (b"\n=over\n", b"\n=back\n"), (b"[[", b"]]"), (b"&lt;", b"&gt;"),
)  # fmt: skip
MUTATIONS: tuple[Mutation, ...] = (
    _flip, _truncate, _duplicate, _splice, _insert, _insert, _swap_types, _damage_zip, _reencode, _nest,
)  # fmt: skip


def _hang(_number: int, _frame: FrameType | None) -> None:
    raise HangError(f"longer than {MOST_SECONDS:g} s")
