"""What one record looks like to an annotator: plain data for the server, nothing untrusted in it.

Question and answer are shown as plain text, exactly as they would be learnt. Argilla's screen puts
plain text into the page as HTML, in which a script of a model or a user would run in the name of
whoever looks; so what would be read as HTML is escaped. The source and the opinions of others
are HTML, because a mark needs it: one block without an empty line, in which everything that a user,
a model or an annotator wrote is escaped, so that no Markdown and no element of theirs is ever
interpreted.
"""

import html
import re
from collections.abc import Iterable, Sequence

from curation.conflicts import Claim, Conflict
from curation.review import sources
from curation.review.form import REASONS, VERDICTS, WHY
from curation.review.journal import Asked
from curation.review.routing import JUDGE, URGENCY
from curation.review.sources import Sources, Span
from data.records import Example, Record, Review

INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of what follows."""
TAG = re.compile(r"<[a-zA-Z/!?]")
"""Where a browser takes what follows for an element or a comment."""

LONGEST = 10_000
"""Characters of a model's answer that anybody is asked to read."""


class Prefilled(Record, frozen=True):
    """What a program suggests, with how sure it is."""

    question: str
    value: int
    score: float
    agent: str


class Page(Record, frozen=True):
    """One record as the server takes it."""

    subject: str
    fields: dict[str, str]
    metadata: dict[str, str | int]
    prefilled: tuple[Prefilled, ...] = ()


def of_example(row: Example, asked: Asked, known: Sources) -> Page:
    """A question, its answer, and what it was made from with the evidence marked."""
    passage = known.of(row)
    source = sources.text(passage)
    return Page(
        asked.subject,
        {
            "question": _verbatim(row.question),
            "answer": _verbatim(row.answer),
            "source": marked(source, sources.evidence(source, row.answer)),
            "lineage": _verbatim(_lineage(row, passage.origin.locator if passage else "")),
            "why": _why(asked),
        },
        {
            "chosen_for": asked.why,
            "urgency": len(URGENCY) - URGENCY[asked.why],
            "source_file": _plain(row.origin.source)[:100] or "unknown",
            "teacher": row.origin.teacher or "people",
        },
        tuple(_prefilled(row)),
    )


def of_pair(card: Conflict, asked: Asked) -> Page:
    """Two claims side by side, in an order that was drawn once."""
    a, b = (card.second, card.first) if asked.swapped else (card.first, card.second)
    questions = list(dict.fromkeys((a.question, b.question)))
    return Page(
        asked.subject,
        {
            "question": _verbatim("\n\n".join(questions)),
            "answer_a": _verbatim(a.answer),
            "answer_b": _verbatim(b.answer),
            "lineage": _verbatim(f"A: {_claimed(a)}\nB: {_claimed(b)}"),
            "why": f"{WHY[asked.why]} They differ in: {_verbatim('; '.join(card.differs))}",
        },
        {"chosen_for": asked.why, "urgency": len(URGENCY) - URGENCY[asked.why]},
    )


def of_comparison(subject: str, question: str, answers: tuple[str, str], expected: str) -> Page:
    """What two models said, A and B, with nothing that tells which is which."""
    a, b = (_verbatim(_readable(each)) for each in answers)
    told = {"question": _verbatim(question), "expected": _verbatim(expected)}
    return Page(subject, {**told, "answer_a": a, "answer_b": b}, {})


def of_dispute(row: Example, asked: Asked, known: Sources, reviews: Sequence[Review]) -> Page:
    """An example with what its annotators said, their names left out."""
    page = of_example(row, asked, known)
    fields = page.fields | {"opinions": _opinions(reviews)}
    return Page(page.subject, fields, page.metadata)


def marked(text: str, spans: Iterable[Span]) -> str:
    """The text as one block of HTML with the spans marked, all else escaped."""
    parts, end = [], 0
    for start, stop in spans:
        parts += [_escaped(text[end:start]), "<mark>", _escaped(text[start:stop]), "</mark>"]
        end = stop
    body = "".join((*parts, _escaped(text[end:])))
    return f"<div>{body or '(no source is known)'}</div>"


def _readable(answer: str) -> str:
    """An answer as a person can take it in, be it empty or without end."""
    if not answer.strip():
        return "(no answer)"
    more = len(answer) - LONGEST
    return f"{answer[:LONGEST]}… ({more:,} more characters)" if more > 0 else answer


def _escaped(text: str) -> str:
    """HTML that shows the text; a line break is an element, so that no line can be empty."""
    return html.escape(_plain(text), quote=False).replace("\n", "<br>")


def _verbatim(text: str) -> str:
    """What shows as this text in a field of plain text; `R&D` and `a < b` stay as they are."""
    text = _plain(text)
    if TAG.search(text) or html.unescape(text) != text:
        return html.escape(text, quote=False)
    return text


def _plain(text: str) -> str:
    """Text that any server takes: valid Unicode without control characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return INVISIBLE.sub("\N{REPLACEMENT CHARACTER}", lines).encode("utf-8", "replace").decode()


def _why(asked: Asked) -> str:
    others = len(asked.members)
    stands = f" It stands for {others} more with the same answer." if others else ""
    return f"{WHY[asked.why]}{stands}"


def _lineage(row: Example, locator: str) -> str:
    steps = [f"found at {locator or row.origin.locator}"]
    if row.origin.teacher:
        steps.append(f"question reworded by {row.origin.teacher} ({row.origin.recipe})")
    if row.signals:
        steps.append(f"signs: {', '.join(row.signals)}")
    return "\n".join(steps)


def _claimed(claim: Claim) -> str:
    return f"{claim.locator}{f', {claim.date}' if claim.date else ''}"


def _prefilled(row: Example) -> Iterable[Prefilled]:
    """A judge's mark for the quality. The verdict is never filled in: it has to be a decision."""
    judged = {name: score for name, score in row.scores.items() if name.startswith(JUDGE)}
    if judged:
        mean = sum(judged.values()) / len(judged)
        spread = max(judged.values()) - min(judged.values())
        value = min(5, max(1, 1 + round(4 * mean)))
        yield Prefilled("quality", value, round(1 - spread, 3), ", ".join(sorted(judged)))


def _opinions(reviews: Iterable[Review]) -> str:
    told = []
    for number, review in enumerate(reviews, start=1):
        reasons = ", ".join(REASONS.get(label, label) for label in review.labels)
        said = [VERDICTS[review.verdict], reasons, review.reason]
        lines = [f"<b>Opinion {number}</b>: {_escaped('. '.join(filter(None, said)))}"]
        if review.edited_answer:
            lines.append(f"Would say: {_escaped(review.edited_answer)}")
        told.append("<br>".join(lines))
    return f"<div>{'<br><br>'.join(told)}</div>"
