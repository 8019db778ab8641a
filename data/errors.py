"""The errors a user may see: one sentence that says what is wrong, where, and what to do.

Every command prints them without a traceback and exits with 2. Anything else is a bug of
ours and keeps its traceback.
"""

import difflib
from collections.abc import Iterable
from typing import TypeVar

Name = TypeVar("Name", bound=str)


class GristmillError(Exception):
    """The base of all of them; `data.terminal` catches it."""


class BadInputError(GristmillError):
    """A file, a setting or an option that we were given cannot be used."""


class TeacherError(GristmillError):
    """The teacher refused, could not be reached, or answered what we cannot read."""


class UnansweredError(TeacherError):
    """One request got no answer: the endpoint was busy, silent or broke off. Others may fare better."""


def chosen(name: str, known: Iterable[Name], refusal: str) -> Name:
    """The known name that this is. Raises BadInputError: the refusal, and what was probably meant."""
    names = list(known)
    for each in names:
        if each == name:
            return each
    raise BadInputError(f"{refusal}; {hint(name, names)}")


def hint(name: str, known: Iterable[str]) -> str:
    """How an error about an unknown name ends: with the known one that is nearest, or with all."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"did you mean `{close[0]}`?" if close else f"there are: {', '.join(names) or 'none'}."
