"""The errors a user may see: one sentence that says what is wrong, where, and what to do.

Every command prints them without a traceback and exits with 2. Anything else is a bug of
ours and keeps its traceback.
"""


class GristmillError(Exception):
    """The base of all of them; `data.terminal` catches it."""


class BadInputError(GristmillError):
    """A file, a setting or an option that we were given cannot be used."""


class TeacherError(GristmillError):
    """The teacher refused, could not be reached, or answered what we cannot read."""


class UnansweredError(TeacherError):
    """One request got no answer: the endpoint was busy, silent or broke off. Others may fare better."""
