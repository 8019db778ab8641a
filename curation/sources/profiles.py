"""Whom a Slack archive names, and by which names they may be called in its text."""

import re
from collections.abc import Iterator

from curation.sources.archives import Archive
from curation.sources.messages import Profile
from data.people import Person


def people(archive: Archive) -> Iterator[Person]:
    """Everybody whose names the archive tells, bots left out."""
    known: set[str] = set()
    for user in archive.users():
        known.add(user.id)
        if not user.is_bot and user.id != "USLACKBOT":
            yield _person(user.id, user.profile or Profile(), user.real_name, user.name)
    told: set[Person] = set()  # a person's profile is the same in most of their messages
    for speaker in archive.speakers():
        if speaker.user and speaker.user_profile and speaker.user not in known:
            profile = speaker.user_profile
            told.add(_person(speaker.user, profile, None, profile.name))
    yield from sorted(told, key=repr)


def _person(key: str, profile: Profile, real: str | None, handle: str | None) -> Person:
    full = [real, profile.real_name, profile.display_name]
    full.append(f"{profile.first_name or ''} {profile.last_name or ''}")
    called = [re.sub(r"\(.*?\)|\[.*?\]|\s[|,/-]\s.*|,.*", "", each or "").strip() for each in full]
    ends = [word for each in called if " " in each for word in (each.split()[0], each.split()[-1])]
    parts = [*ends, *(each for each in called if " " not in each)]
    parts += [piece for each in ends if "-" in each for piece in each.split("-")]
    return Person(f"slack:{key}", tuple(called), tuple(parts), (handle,) if handle else ())
