"""From examples of the train side to new wordings of their questions.

Each wording that was asked for becomes an example or a drop with its reason; the answer is
taken over word for word. Nothing is made from families that are held out.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from data.records import Drop, Example, Message, Origin, content_id
from synth.recipe import Recipe
from synth.teacher import Reply, Request, Teacher

Scrub = Callable[[str], str]
"""Takes secrets and personal data out of a text."""

MAX_QUESTION_CHARACTERS = 400


def requests(examples: Iterable[Example], recipe: Recipe, count: int) -> list[Request]:
    """One request for each example of the train side that has a question and an answer."""
    return [
        Request(example, recipe.render(example, count), count)
        for example in examples
        if example.side == "train" and example.kind == "chat"
    ]


def write(
    asked: Sequence[Request], recipe: Recipe, teacher: Teacher, scrub: Scrub
) -> Iterator[Example | Drop]:
    """Yield an example or a drop for every wording that was asked for."""
    for reply in teacher.answer(asked):
        yield from _outcomes(reply, recipe, teacher.name, scrub)


def _outcomes(
    reply: Reply, recipe: Recipe, teacher: str, scrub: Scrub
) -> Iterator[Example | Drop]:
    request = reply.request
    seen = {_folded(request.example.question)}
    questions = reply.questions[: request.count]
    for question in questions:
        made = _example(request, scrub(question), recipe, teacher)
        reason = _fault(question, made.question, seen)
        seen.add(_folded(question))
        yield Drop(reason, made.origin.locator, example=made) if reason else made
    reason = "unreadable-reply" if reply.error else "too-few-wordings"
    for _ in range(request.count - len(questions)):
        yield Drop(
            reason,
            request.example.origin.locator,
            twin=request.example.id,
            evidence=reply.error,
        )


def _fault(question: str, scrubbed: str, seen: set[str]) -> str:
    """Why a wording is not taken; empty if it is."""
    if not question.strip():
        return "empty"
    if len(question) > MAX_QUESTION_CHARACTERS:
        return "too-long"
    if scrubbed != question:
        return "personal-data"
    if _folded(question) in seen:
        return "same-words"
    return ""


def _folded(question: str) -> str:
    return " ".join(question.casefold().split()).rstrip(".?!")


def _example(request: Request, question: str, recipe: Recipe, teacher: str) -> Example:
    source = request.example
    origin = Origin(
        source.origin.source,
        source.origin.locator,
        parents=(source.id,),
        recipe=recipe.stamp,
        teacher=teacher,
        prompt_hash=content_id(*(message.content for message in request.messages)),
    )
    messages = (Message("user", question), Message("assistant", source.answer))
    return Example.chat(messages, origin, family=source.family, side=source.side)
