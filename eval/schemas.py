"""JSON Schema: the one door to jsonschema, which the extra `schema` brings."""

import importlib.util
import json
from collections.abc import Iterator, Mapping

from data.errors import BadInputError

MOST = 3
"""Faults of one answer that are told."""
Schema = Mapping[str, object]


def problem(schema: Schema) -> str:
    """Why this is no schema; empty if it is one.

    Raises BadInputError where the extra is not installed.
    """
    if importlib.util.find_spec("jsonschema") is None:
        raise BadInputError(
            "`json_schema` needs the extra `schema` (pip install '.[schema]'); without it `json_keys` "
            "names the keys that must be there."
        )
    from jsonschema import SchemaError
    from jsonschema.validators import validator_for

    try:
        validator_for(schema).check_schema(schema)
    except SchemaError as error:
        return str(error.message)
    return ""


def faults(schema: Schema, text: str) -> Iterator[str]:
    """Why a text is no JSON of this schema, the first faults in the order of the document."""
    from jsonschema.validators import validator_for
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    try:
        document = json.loads(text)
    except ValueError:
        yield "is no JSON"
        return
    # An empty registry: a `$ref` to an address is never fetched.
    validator = validator_for(schema)(schema, registry=Registry())
    try:
        found = sorted(validator.iter_errors(document), key=lambda each: list(map(str, each.path)))
    except Unresolvable as error:
        raise BadInputError(f"`json_schema` refers to what it does not hold: {error}") from error
    for each in found[:MOST]:
        place = each.json_path.removeprefix("$").removeprefix(".")
        yield f"{place or 'the JSON'}: {each.message[:200]}"
