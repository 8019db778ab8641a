"""Headings and terms that are labels, not titles: `Answer 3`, `A: Yes.`, `Question 3`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from curation.sources import titles
from curation.sources.document import Block, join

LONGEST_QUESTION = 400
"""Characters of a paragraph that may be the question itself."""
_QUESTION = re.compile(
    r"(?:Question|Frage|Pregunta|Domanda|Pergunta|Vraag|Вопрос|質問|問題|问题|Q)\s*[#№]?\s*\d*\s*[:.]?",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"(?:Answer|Antwort|Respuesta|Risposta|Resposta|Réponse|Antwoord|Ответ|回答|解答|答え|答案)\s*\d*\s*[:.]?",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"(?:A(?:nswer|ntwort)?|R(?:espuesta|isposta|esposta|éponse)?|\u041e(?:твет)?)\s*\d*\s*[:\uff1a]\s*(?P<text>\S.*)",
    re.IGNORECASE | re.DOTALL,
)


_IN_BOLD = re.compile(
    r"\*\*(?P<label>[^\W\d_]{1,12})\.?\s?(?:[:\uff1a]\s*[\d.]{0,6}\*\*|[\d.]{0,6}\s?(?:[:\uff1a]\*\*|\*\*\s?[:\uff1a]))\s*(?=\S)"
)
FEWEST_LABELLED = 3
"""Pairs of paragraphs that begin with the same two words in bold."""


def resolve(blocks: Sequence[Block]) -> list[Block]:
    """The same blocks; what a label stands for takes its place."""
    return _with_answers(list(_with_questions(list(_translated(blocks)))))


def _translated(blocks: Sequence[Block]) -> Iterator[Block]:
    """Paragraphs that begin in turn with two words in bold are questions and answers.

    Whatever the language: `**Hỏi: 2**` and `**Đáp:**`, over and over.
    """
    found = [_IN_BOLD.match(each.text) if each.kind == "text" else None for each in blocks]
    said = [each["label"] for each in found if each]
    asked, told = (said[0], said[1]) if len(said) >= 2 * FEWEST_LABELLED else ("", "")
    in_turn = asked != told and sum(pair == (asked, told) for pair in pairwise(said))
    if not in_turn or {*said} != {asked, told} or 2.5 * in_turn < len(said):
        yield from blocks
        return
    for block, label in zip(blocks, found, strict=True):
        if label is None:
            yield block
        else:
            mark = "Q: " if label["label"] == asked else "A: "
            yield replace(block, text=mark + block.text[label.end() :])


def _with_questions(blocks: Sequence[Block]) -> Iterator[Block]:
    """`Question 3`, a paragraph and `Answer 3`: the paragraph is the title."""
    number = 0
    while number < len(blocks):
        block, after = blocks[number], blocks[number + 1 : number + 3]
        if _asks_below(block, after):
            title = titles.clean(after[0].text)
            yield replace(block, title=title, text=f"{'#' * block.level} {title}")
            number += 2
        else:
            yield block
            number += 1


def _asks_below(block: Block, after: Sequence[Block]) -> bool:
    return (
        len(after) == 2
        and block.kind == "heading"
        and bool(_QUESTION.fullmatch(block.title))
        and after[0].kind == "text"
        and len(after[0].text) <= LONGEST_QUESTION
        and after[1].kind == "heading"
        and bool(_ANSWER.fullmatch(after[1].title))
    )


def _with_answers(blocks: Sequence[Block]) -> list[Block]:
    """Headings and terms that say `Answer` belong to the question above them."""
    done: list[Block] = []
    asked = False
    for block in blocks:
        told = _told(block, done[-1]) if done else ""
        if told and block.kind == "term":
            done[-1] = _merged(done[-1], block, told)
        elif told:
            done.append(Block("text", told, block.line))
        elif not (asked and block.kind == "heading" and _ANSWER.fullmatch(block.title)):
            done.append(block)
            asked = titles.asks(block.title) if block.kind == "heading" else asked
    return done


def _told(block: Block, question: Block) -> str:
    """What a title says after `A:`, right below a question."""
    if block.kind not in ("heading", "term") or block.kind != question.kind or question.inside:
        return ""
    found = _TOLD.fullmatch(block.title)
    return found["text"] if found and titles.asks(question.title) else ""


def _merged(question: Block, answer: Block, told: str) -> Block:
    inside = (Block("text", told, answer.line), *answer.inside)
    return replace(question, text=f"**{question.title}**\n\n{join(inside)}", inside=inside)
