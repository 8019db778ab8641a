"""From examples of the train side to new wordings of their questions.

Each wording that was asked for becomes an example or a drop with its reason; the answer is
taken over word for word. Nothing is made from families that are held out.
"""

from collections.abc import Iterable, Iterator, Sequence

from data import scrub
from data.records import Drop, Example, Message, Origin, content_id
from synth.recipe import Recipe
from synth.teacher import Reply, Request, Teacher, folded

MAX_QUESTION_CHARACTERS = 400


def requests(examples: Iterable[Example], recipe: Recipe, count: int) -> list[Request]:
    """One request for each example of the train side that has a question and an answer."""
    return [
        Request(example, recipe.render(example, count), count)
        for example in examples
        if example.side == "train" and example.kind == "chat"
    ]


def write(
    asked: Sequence[Request], recipe: Recipe, teacher: Teacher, *, keep_pii: bool = False
) -> Iterator[Example | Drop]:
    """Yield an example or a drop for every wording that was asked for."""
    for reply in teacher.answer(asked):
        clean = [scrub.scrub(text, keep_pii=keep_pii).text for text in reply.questions]
        yield from _outcomes(reply, clean, recipe, teacher.name)


def _outcomes(
    reply: Reply, clean: Sequence[str], recipe: Recipe, teacher: str
) -> Iterator[Example | Drop]:
    """`clean` holds the questions as the scrubber left them: what it changed is not taken."""
    request = reply.request
    seen = {folded(request.example.question), *request.known}
    pairs = list(zip(reply.questions, clean, strict=True))[: request.count]
    for question, scrubbed in pairs:
        made = _example(request, scrubbed, recipe, teacher)
        reason = _fault(question, scrubbed, seen)
        seen.add(folded(question))
        yield Drop(reason, made.origin.locator, example=made) if reason else made
    reason = "unreadable-reply" if reply.error else "too-few-wordings"
    for _ in range(request.count - len(pairs)):
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
    if folded(question) in seen:
        return "same-words"
    return ""


def _example(request: Request, question: str, recipe: Recipe, teacher: str) -> Example:
    source = request.example
    origin = Origin(
        source.origin.source,
        source.origin.locator,
        parents=(source.id,),
        recipe=recipe.stamp,
        teacher=teacher,
        prompt_hash=content_id(*(message.content for message in request.messages)),
        ticket=request.ticket,
    )
    messages = (Message("user", question), Message("assistant", source.answer))
    return Example.chat(messages, origin, family=source.family, side=source.side)
