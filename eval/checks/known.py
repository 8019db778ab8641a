"""What is known before any answer is read: the sources, and what training has shown the model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from data.records import Example, Passage
from eval.checks.grounding import Rarity
from eval.checks.leaks import Trained
from eval.checks.misspelling import Vocabulary, sources


@dataclass(frozen=True)
class Known:
    """The passages and training rows of a workspace, arranged as the checks ask for them."""

    passages: Sequence[Passage] = ()
    rows: Sequence[Example] = ()

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return Vocabulary(sources(self.passages, self.rows))

    @cached_property
    def trained(self) -> Trained:
        return Trained(self.rows)

    @cached_property
    def rarity(self) -> Rarity:
        return Rarity(self._by_id.values())

    def source(self, family: str, shown: Sequence[str] = ()) -> tuple[str, ...]:
        """The text of a family, and of the passages that were shown; empty where unknown."""
        own = self._by_family.get(family, ())
        return (*own, *(self._by_id[key] for key in shown if key in self._by_id))

    @cached_property
    def _by_id(self) -> Mapping[str, str]:
        return {passage.id: text_of(passage) for passage in self.passages}

    @cached_property
    def _by_family(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for passage in self.passages:
            found.setdefault(passage.family, []).append(self._by_id[passage.id])
        return found


def text_of(passage: Passage) -> str:
    """Title and body, a thread with its speakers left out."""
    said = (passage.title, passage.text, *(turn.text for turn in passage.turns))
    return "\n".join(filter(None, dict.fromkeys(said)))
