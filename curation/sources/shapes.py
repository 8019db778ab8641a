"""Which of the many shapes a Slack archive has, by what its files hold.

Folders of days are exports. Other files are told by their first bytes: a dump of one
conversation, a page of the API, one message a line, chunks or a database of a crawler.
"""

import re
from collections.abc import Sequence

from curation.sources import exports, streams
from curation.sources.archives import Archive
from curation.sources.crawls import Crawl
from curation.sources.exports import DAY, Export
from curation.sources.files import Picked, Tree
from curation.sources.loose import Loose

DATABASES = (".sqlite", ".sqlite3", ".db")
TEXTS = (".json", ".jsonl", ".ndjson")
ENDINGS = (*TEXTS, *(f"{ending}.gz" for ending in TEXTS), *DATABASES)
_TIME = re.compile(rb'"(?:thread_)?ts"\s*:\s*"?\d{9,10}(?:\.\d+)?"?\s*[,}]')
_CHUNK = re.compile(rb'\s*\{\s*"t"\s*:\s*\d\s*,')
_SAYS = re.compile(rb'"(?:text|blocks|subtype|client_msg_id)"\s*:')
_LIST = re.compile(
    r"(?:org_)?users|channels|groups|dms|mpims|conversations|members", re.IGNORECASE
)
_SUBFOLDERS = frozenset(("messages", "users", "channels", "conversations"))


def opened(tree: Tree, root: str, name: str) -> Archive:
    """The archive that begins here."""
    below = [each for each in tree.names if each.startswith(root)]
    if any(map(DAY.fullmatch, (each.removeprefix(root) for each in below))):
        return Export(tree, root, name)
    databases = [each for each in below if each.endswith(DATABASES)]
    if databases:
        return Crawl(tree, databases, name)
    if any(_holds_messages(tree, each) for each in below if each.endswith(ENDINGS)):
        return Loose(tree, root, name)
    return Export(tree, root, name)


def is_archive(tree: Tree, name: str) -> bool:
    """Whether a file is an archive of its own, or a part of one."""
    if name.endswith(DATABASES):
        return Crawl(tree, [name], name).is_known
    return name.endswith(ENDINGS) and _holds_messages(tree, name)


def unlisted(tree: Tree, names: Sequence[str]) -> list[str]:
    """Where folders of days begin that have no list beside them."""
    days = [each for each in names if exports.is_day(each)]
    found: list[str] = []
    for folder in sorted({_root_of_days(each) for each in days}):
        first = next(each for each in days if _root_of_days(each) == folder)
        if not folder.startswith(tuple(found)) and _holds_messages(tree, first):
            found.append(folder)
    return found


def _root_of_days(day: str) -> str:
    folders = day.split("/")[:-2]
    return "/".join((*folders, "")) if folders else ""


def loose(tree: Tree, names: Sequence[str]) -> dict[str, Tree]:
    """Archives that are no folders of days, by root: their files and the lists beside them."""
    found: dict[str, list[str]] = {}
    for name in sorted(names, key=lambda each: each.count("/")):
        if is_archive(tree, name):
            root = _root(name)
            above = next((each for each in found if root.startswith(each)), root)
            found.setdefault(above, []).append(name)
    lists = [each for each in names if each.endswith(ENDINGS) and _is_list(each)]
    return {
        root: Picked(tree, {*files, *(each for each in lists if _root(each) == root)})
        for root, files in found.items()
    }


def _holds_messages(tree: Tree, name: str) -> bool:
    head = streams.head(tree, name)
    return bool(_CHUNK.match(head) or (_TIME.search(head) and _SAYS.search(head)))


def _is_list(name: str) -> bool:
    *folders, file = name.split("/")
    in_users = bool(folders) and folders[-1] == "users"
    return in_users or bool(_LIST.match(file))


def _root(name: str) -> str:
    folders = name.split("/")[:-1]
    if folders and folders[-1] in _SUBFOLDERS:
        folders.pop()
    return "/".join((*folders, "")) if folders else ""
