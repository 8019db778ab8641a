"""Files as the readers see them: names and bytes, from a folder or from inside a zip.

A zip is never extracted. Slack writes UTF-8 names without saying so, which zip tools then
read as cp437, so a name is repaired where that is what happened.
"""

import codecs
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from charset_normalizer import from_bytes

from data.errors import BadInputError

MAX_UNPACKED_BYTES = 4 * 1024**3
MAX_RATIO = 200
UTF8_NAME_FLAG = 0x800
UNICODE_PATH = 0x7075
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError)
"""What reading a broken zip or gzip raises; RuntimeError, that it is encrypted or too new."""


class UnreadableError(BadInputError):
    """One file cannot be read; the rest of its folder can."""


class Tree(Protocol):
    """Named files below one root; names use `/` and are sorted."""

    path: Path
    """The folder or the zip itself."""
    names: tuple[str, ...]
    renamed: int
    """How many names were UTF-8 without saying so."""

    def read(self, name: str) -> bytes: ...

    def open(self, name: str) -> IO[bytes]:
        """The same bytes as a stream; a failure while reading it is `unreadable`."""
        ...

    def origin(self, name: str) -> Path:
        """The file on disk whose bytes these are."""
        ...


class Folder:
    """The files below a folder, hidden ones left out."""

    renamed = 0

    def __init__(self, path: Path, names: tuple[str, ...] | None = None) -> None:
        self.path = path
        self.names = tuple(_walk(path)) if names is None else names

    def read(self, name: str) -> bytes:
        try:
            return (self.path / name).read_bytes()
        except OSError as error:
            raise UnreadableError(f"{self.path / name}: {error.strerror}.") from error

    def open(self, name: str) -> IO[bytes]:
        try:
            return (self.path / name).open("rb")
        except OSError as error:
            raise UnreadableError(f"{self.path / name}: {error.strerror}.") from error

    def origin(self, name: str) -> Path:
        return self.path / name


class Zip(AbstractContextManager["Zip"]):
    """The files of a zip, read one by one where they lie."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except BROKEN as error:
            raise UnreadableError(
                f"{path}: not a zip that can be read: {error}; get it again, or unpack it "
                "and name the folder."
            ) from error
        try:
            self._members = _members(path, self._zip)
        except BadInputError:
            self._zip.close()
            raise
        self.names = tuple(sorted(self._members))
        self.renamed = sum(_is_flagless(each) for each in self._members.values())

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def read(self, name: str) -> bytes:
        try:
            return self._zip.read(self._members[name])
        except BROKEN as error:
            raise UnreadableError(f"{self.path}: {name}: {error}.") from error

    def open(self, name: str) -> IO[bytes]:
        try:
            return self._zip.open(self._members[name])
        except BROKEN as error:
            raise UnreadableError(f"{self.path}: {name}: {error}.") from error

    def origin(self, name: str) -> Path:  # noqa: ARG002 - every member lies in the one zip
        return self.path


class Picked:
    """Some files of a tree, as if there were no others."""

    def __init__(self, tree: Tree, names: Iterable[str]) -> None:
        self.path = tree.path
        self.names = tuple(sorted(names))
        self.renamed = tree.renamed
        self.read = tree.read
        self.open = tree.open
        self.origin = tree.origin


def _walk(path: Path) -> Iterator[str]:
    found = (each.relative_to(path) for each in path.rglob("*") if each.is_file())
    return (each.as_posix() for each in sorted(found) if not is_hidden(each.as_posix()))


def is_hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in name.split("/"))


def _members(path: Path, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    listed = archive.infolist()
    if not all(each.filename for each in listed):
        raise UnreadableError(
            f"{path}: a file in it has no name, so the zip is damaged; get it again, or unpack it "
            "and name the folder."
        )
    files = [each for each in listed if not each.is_dir()]
    unpacked = sum(each.file_size for each in files)
    packed = sum(each.compress_size for each in files)
    if unpacked > MAX_UNPACKED_BYTES or unpacked > 10_000_000 + MAX_RATIO * packed:
        raise UnreadableError(
            f"{path}: unpacks to {unpacked:,} bytes from {packed:,}, which no export does; "
            "unpack it yourself if you trust it, and name the folder."
        )
    named = {_name(each): each for each in files}
    for name in named:
        if name.startswith("/") or ".." in PurePosixPath(name).parts or ":" in name.split("/")[0]:
            raise UnreadableError(f"{path}: the name {name!r} climbs out of the zip; refused.")
    return {name: each for name, each in named.items() if not is_hidden(name)}


def _is_flagless(member: zipfile.ZipInfo) -> bool:
    return not member.flag_bits & UTF8_NAME_FLAG and not member.filename.isascii()


def _name(member: zipfile.ZipInfo) -> str:
    name = member.filename
    if not member.flag_bits & UTF8_NAME_FLAG:
        with suppress(UnicodeError):  # a name that was right as it stood
            raw = name.encode("cp437")
            name = _unicode_path(member.extra, raw) or raw.decode("utf-8")
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _unicode_path(extra: bytes, raw: bytes) -> str:
    """The name in the extra field for it, where that field is about this very name."""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        told, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == UNICODE_PATH and told[1:5] == struct.pack("<L", zlib.crc32(raw)):
            return told[5:].decode("utf-8")
    return ""


def decode(content: bytes, where: str) -> str:
    """The text of a file: UTF-8, UTF-16 with its mark, or what the whole file looks like."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return newlines(content.decode("utf-16", "replace"))
    try:
        return newlines(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        best = from_bytes(content).best()
    if best is None:
        raise UnreadableError(f"{where}: not text in any encoding known here; save it as UTF-8.")
    return newlines(str(best))


def newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
