"""The documentation packages that the corpus is made of: fetched, unpacked, licences checked.

Permissive licences only. What the list says is held against what the package's own copyright
file says of its documentation, so that a licence that changes with a new release stops the build.
"""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from data.errors import BadInputError

LIST = Path(__file__).parent / "packages.toml"
UNPACKED = ("*.html", "*.htm", "*.html.en", "*/copyright")
"""What is taken out of a package; the rest, images mostly, is ten times as large."""

PERMISSIVE = re.compile(
    r"(xerces-)?(apache|asl)(-?2(\.0)?)?(-llvm-exceptions?)?|mit(-\w+)?|expat|psf(-2(\.0)?)?|postgresql|"
    r"(modified-|new-|simplified-)?bsd(-\w+)*|public-domain|tcl|ruby"
)
"""Short names of licences in machine-readable copyright files."""

PHRASES = {
    "Apache-2.0": "Apache License",
    "BSD": "Redistribution and use in source and binary forms",
    "MIT": "Permission is hereby granted",
    "PSF": "PYTHON SOFTWARE FOUNDATION LICENSE VERSION 2",
    "PostgreSQL": "Permission to use, copy, modify, and distribute this software and its",
    "public domain": "public domain",
}
"""By what a copyright file that only people can read is known to grant a licence."""


class Package(NamedTuple):
    """One Debian package of documentation."""

    name: str
    licence: str


def listed() -> list[Package]:
    by_licence = tomllib.loads(LIST.read_text(encoding="utf-8"))
    return sorted(
        Package(name, licence) for licence, names in by_licence.items() for name in names.split()
    )


def fetch(package: Package, folder: Path) -> Path:
    """The folder with the package's pages. Raises BadInputError if it cannot be had."""
    unpacked = folder / "unpacked" / package.name
    if unpacked.is_dir():
        return unpacked
    archive = _downloaded(package, folder / "archives")
    unpacked.mkdir(parents=True)
    tar = subprocess.run(
        ["dpkg-deb", "--fsys-tarfile", archive], stdout=subprocess.PIPE, check=True
    ).stdout
    subprocess.run(
        ["tar", "-x", "-C", unpacked, "--wildcards", *UNPACKED],
        input=tar,
        stderr=subprocess.DEVNULL,  # not every package has files of every kind
        check=False,
    )
    return unpacked


def _downloaded(package: Package, archives: Path) -> Path:
    archives.mkdir(parents=True, exist_ok=True)
    if not (found := _archive(package, archives)):
        command = ["apt-get", "download", package.name]
        told = subprocess.run(command, cwd=archives, capture_output=True, text=True, check=False)
        found = _archive(package, archives)
        if told.returncode or found is None:
            raise BadInputError(
                f"The package {package.name} cannot be had: {told.stderr.strip()}. Connect and run "
                f"`apt-get update`, or take it out of {LIST.name} if Debian has dropped it."
            )
    return found


def _archive(package: Package, archives: Path) -> Path | None:
    return next(iter(sorted(archives.glob(f"{package.name}_*.deb"))), None)


def version(package: Package, folder: Path) -> str:
    archive = _archive(package, folder / "archives")
    return archive.name.split("_")[1].replace("%3a", ":") if archive else ""


def check_licence(package: Package, unpacked: Path) -> None:
    """Raises BadInputError unless the package's own words grant what the list says."""
    path = unpacked / "usr/share/doc" / package.name / "copyright"
    if not path.is_file():
        raise BadInputError(
            f"{package.name} comes without the file {path}; leave the package out."
        )
    said = path.read_text(encoding="utf-8", errors="replace")
    refused = [name for name in governing(said) if not is_permissive(name)]
    if refused:
        raise BadInputError(
            f"{package.name} is no longer under a permissive licence: {path} says {refused[0]} of "
            f"its documentation. Take it out of {LIST.name}."
        )
    if not governing(said) and PHRASES[package.licence] not in " ".join(said.split()):
        raise BadInputError(
            f"{package.name}: {path} does not grant {package.licence}, as {LIST.name} says it does."
        )


def governing(said: str) -> list[str]:
    """Licences of all files and of those of documentation; none where only people can read it."""
    return list(dict.fromkeys(_governing(said)))


def _governing(said: str) -> Iterator[str]:
    for stanza in re.split(r"\n\s*\n(?=\S)", said):
        files = re.search(r"^Files:((?:.*)(?:\n[ \t].*)*)", stanza, re.M)
        licence = re.search(r"^Licen[sc]e:[ \t]*(\S.*)", stanza, re.M)
        if files and licence and any(map(_is_prose, files[1].split())):
            yield licence[1].strip()


def _is_prose(pattern: str) -> bool:
    """Whether the pattern covers documentation; what Debian added is not part of it."""
    if pattern.startswith("debian"):
        return False
    return pattern == "*" or bool(re.search(r"(?i)\bdocs?\b|documentation|manual", pattern))


def is_permissive(licence: str) -> bool:
    """Of several to choose from one is enough, of several together all must be."""
    plain = licence.lower().strip()
    if " or " in plain:
        return any(map(is_permissive, re.split(r",? or ", plain)))
    if re.search(r" and |,|\+[a-z]", plain):
        return all(map(is_permissive, re.split(r",? and |, ?|\+(?=[a-z])", plain)))
    return bool(PERMISSIVE.fullmatch(plain.partition(" with ")[0].strip()))
