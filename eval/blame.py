"""Which training rows may have taught an error: the nearest in question and answer.

Likeness is cosine over TF-IDF of words, the mean of two: the question with the row's question, and
what the model said with the row's answer. A row that taught a wrong answer is near in both, a row
that only shares the subject in one.
"""

import re
from collections import Counter
from collections.abc import Sequence
from math import log

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from data.records import Example
from eval.arms import TUNED
from eval.comparison import Result

TOP = 5
AT_ONCE = 256
"""Errors that are compared together, to keep the table of likeness small."""
FAR = 0.1
"""Likeness below which a row is not shown."""
_WORD = re.compile(r"\w+")

Nearest = tuple[tuple[Example, float], ...]


def blame(results: Sequence[Result], trained: Sequence[Example]) -> dict[str, Nearest]:
    """For each answer that the tuned model got wrong, by item, the rows nearest to it."""
    wrong = [each for each in results if not each.grades[TUNED].exact]
    if not wrong or not trained:
        return {}
    questions = _Space([row.question for row in trained])
    answers = _Space([row.answer for row in trained])
    found: dict[str, Nearest] = {}
    for start in range(0, len(wrong), AT_ONCE):
        some = wrong[start : start + AT_ONCE]
        near = questions.likeness([each.item.example.question for each in some])
        near += answers.likeness([each.grades[TUNED].answer.text for each in some])
        for each, row in zip(some, near / 2, strict=True):
            close = np.flatnonzero(row >= FAR)
            best = close[np.argsort(-row[close], kind="stable")[:TOP]]
            found[each.item.id] = tuple((trained[n], float(row[n])) for n in best)
    return found


class _Space:
    """Texts as unit vectors over their words."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [_counted(text) for text in texts]
        spread = Counter(word for each in counts for word in each)
        self._columns = {word: place for place, word in enumerate(spread)}
        self._weights = {word: 1 + log(len(texts) / count) for word, count in spread.items()}
        self._rows = self._vectors(counts)

    def likeness(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """Cosines, shape (texts asked about, texts of the space)."""
        asked = self._vectors([_counted(text) for text in texts])
        return np.asarray((asked @ self._rows.T).todense(), dtype=np.float64)

    def _vectors(self, counts: Sequence[Counter[str]]) -> csr_array:
        values: list[float] = []
        columns: list[int] = []
        ends = [0]
        for each in counts:
            known = {
                w: (1 + log(n)) * self._weights[w] for w, n in each.items() if w in self._weights
            }
            length = sum(value**2 for value in known.values()) ** 0.5
            values += [value / length for value in known.values()]
            columns += [self._columns[word] for word in known]
            ends.append(len(values))
        shape = (len(counts), max(1, len(self._columns)))
        return csr_array((np.array(values, dtype=np.float64), columns, ends), shape=shape)


def _counted(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text.casefold()))
