"""A recipe: what to ask a teacher about an example, kept as a file one can read and compare."""

import tomllib
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from string import Template

import msgspec

from data.errors import BadInputError
from data.records import Example, Message, Record, content_id

BUNDLED = resources.files("synth") / "recipes"


class Recipe(Record, frozen=True):
    """A system prompt and a prompt that may mention `$question`, `$answer`, `$count`, `$styles`."""

    name: str
    system: str
    prompt: str

    @property
    def stamp(self) -> str:
        """What its examples carry: the name, and a hash that changes with every word."""
        return f"{self.name}@{content_id(self.system, self.prompt)[:8]}"

    def render(
        self, example: Example, count: int, styles: Sequence[str] = ()
    ) -> tuple[Message, ...]:
        asked = Template(self.prompt).substitute(
            question=example.question,
            answer=example.answer,
            count=count,
            styles=", ".join(styles) or "any",
        )
        return (Message("system", self.system.strip()), Message("user", asked.strip()))


def load(name: str) -> Recipe:
    """A bundled recipe by name, or any recipe file by path."""
    place = Path(name) if name.endswith(".toml") else BUNDLED / f"{name}.toml"
    if not place.is_file():
        known = ", ".join(sorted(p.name.removesuffix(".toml") for p in BUNDLED.iterdir()))
        raise BadInputError(
            f"No recipe {name}; bundled: {known}, or give the path of a .toml file."
        )
    try:
        recipe = msgspec.convert(tomllib.loads(place.read_text(encoding="utf-8")), Recipe)
        Template(recipe.prompt).substitute(question="", answer="", count="", styles="")
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadInputError(f"{place}: {error}") from error
    except (KeyError, ValueError) as error:
        raise BadInputError(
            f"{place}: the prompt may use $question, $answer, $count and $styles, and $$ for a dollar: {error}"
        ) from error
    return recipe
