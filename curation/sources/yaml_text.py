"""YAML files, as sites keep their questions in `_data/faq.yml`."""

from collections.abc import Iterator

import yaml

try:  # Every scalar stays as it is written: an answer may be `yes`, a version `1.10`.
    from yaml import CBaseLoader as Loader
except ImportError:  # built without libyaml: the same, ten times slower
    from yaml import BaseLoader as Loader

from curation.sources.files import UnreadableError

MOST_NODES = 2_000_000
"""Values in one file, those that an alias repeats counted again."""


def parse(text: str, name: str) -> object:
    """The value of a file; of several documents, a list of them."""
    try:
        documents = [each for each in yaml.load_all(text, Loader=Loader) if each]
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UnreadableError(f"{name}:{line}: not YAML: {error.problem}.") from error
    except yaml.YAMLError as error:
        raise UnreadableError(f"{name}: not YAML: {error}.") from error
    if _size(documents, {}) > MOST_NODES:
        raise UnreadableError(
            f"{name}: its aliases repeat one another without end; write them out."
        )
    return documents[0] if len(documents) == 1 else documents


def _size(value: object, known: dict[int, int]) -> int:
    """How many values it holds."""
    if not isinstance(value, (dict, list)):
        return 1
    if id(value) not in known:
        known[id(value)] = 1 + sum(_size(each, known) for each in _inside(value))
    return known[id(value)]


def _inside(value: dict[object, object] | list[object]) -> Iterator[object]:
    yield from value.values() if isinstance(value, dict) else value
