"""The judge: a model behind an OpenAI-compatible endpoint that the user named.

Each reply is in the ledger before anything uses it, so a judging that was killed pays for nothing
twice. What cannot be scored is kept with its reason and never counts against an answer: a reply
that is no such JSON is asked for once more, a busy endpoint as often as `max_retries` says. Where
request after request gets no answer, the whole judging stops: going on would only repeat it.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import Generic, Literal, NamedTuple, TypeVar

import msgspec

from data.errors import BadInputError, TeacherError, UnansweredError
from data.ledger import JUDGE, Ledger
from data.records import Message, content_id
from data.settings import JudgeSettings, TeacherSettings
from eval.checks import refusal
from eval.judge import rubric
from eval.judge.rubric import Prompt
from synth.endpoint import Endpoint, Usage

R = TypeVar("R")
Fault = Literal["no-reply", "empty-reply", "refused", "unreadable"]
GIVE_UP = 10
"""Requests in a row without an answer after which the judging stops."""
NAMED_BY = "`base_url` under [evaluate.judge]"


class Unscored(NamedTuple):
    """Why a judge's reply says nothing."""

    fault: Fault
    why: str


@dataclass(frozen=True)
class Asked(Generic[R]):
    """One request, and how to read what comes back."""

    prompt: Prompt
    read: Callable[[str], R]
    """Raises msgspec.DecodeError for what is not the JSON that was asked for."""


def is_named(settings: JudgeSettings) -> bool:
    return bool(settings.base_url and settings.model)


class Judge:
    """Asks concurrently, answers in order."""

    def __init__(self, settings: JudgeSettings, book: Ledger) -> None:
        if not is_named(settings):
            raise BadInputError(
                "No judge is named. Set `base_url` and `model` under [evaluate.judge] in "
                "gristmill.toml; text is sent nowhere that you did not name."
            )
        self._settings = settings
        self._book = book
        self._guard = Lock()
        self._silent = 0
        self._endpoint = Endpoint(_as_teacher(settings), NAMED_BY)

    def answers(self, questions: Sequence[Asked[R]]) -> Iterator[R | Unscored]:
        """One outcome for each, in their order; equal requests are sent once.

        Raises TeacherError for an endpoint that will answer none of them.
        """
        sent: dict[str, Future[R | Unscored]] = {}
        with ThreadPoolExecutor(self._settings.concurrency) as pool:
            try:
                keys = [self._key(each.prompt.messages) for each in questions]
                for key, each in zip(keys, questions, strict=True):
                    if key not in sent:
                        sent[key] = pool.submit(self._answer, each)
                for key in keys:
                    yield sent[key].result()
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    def unpaid(self, prompts: Sequence[Prompt]) -> int:
        """How many of these requests would be sent: those whose reply is not in the ledger."""
        keys = {self._key(prompt.messages) for prompt in prompts}
        return sum(self._book.reply(key) is None for key in keys)

    def _answer(self, asked: Asked[R]) -> R | Unscored:
        unread = Unscored("unreadable", "")
        for messages in (asked.prompt.messages, rubric.reminded(asked.prompt.messages)):
            try:
                said = self._said(messages, asked.prompt.schema)
            except UnansweredError as error:
                return self._unanswered(error)
            try:
                return asked.read(said)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                unread = _unread(said, error)
        return unread

    def _said(self, messages: tuple[Message, ...], schema: dict[str, object]) -> str:
        key = self._key(messages)
        with self._guard:
            known = self._book.reply(key)
            if known is None:
                self._book.sent(key)
        return self._ask(key, messages, schema) if known is None else known

    def _ask(self, key: str, messages: tuple[Message, ...], schema: dict[str, object]) -> str:
        try:
            completion = self._endpoint.complete(messages, self._options(), schema)
        except TeacherError as error:
            with self._guard:
                self._book.failed(key, str(error))
            raise
        usage = completion.usage or Usage()
        with self._guard:
            self._silent = 0
            self._book.done(
                key,
                completion.text,
                prompt_tokens=usage.prompt_tokens,
                completion_tokens=usage.completion_tokens,
            )
        return completion.text

    def _unanswered(self, error: UnansweredError) -> Unscored:
        with self._guard:
            self._silent += 1
            given_up = self._silent >= GIVE_UP
        if given_up:
            raise TeacherError(
                f"{GIVE_UP} requests to the judge in a row got no answer. The last: {error}"
            ) from error
        return Unscored("no-reply", str(error))

    def _options(self) -> dict[str, object]:
        return {"temperature": 0.0, "max_tokens": self._settings.max_tokens}

    def _key(self, messages: tuple[Message, ...]) -> str:
        """What was asked, and nothing about where or in which run."""
        told = [msgspec.to_builtins(message) for message in messages]
        body = {"model": self._settings.model, "messages": told, **self._options()}
        return JUDGE + content_id(msgspec.json.encode(body).decode())


def found_in(text: str, kind: type[R]) -> R:
    """The JSON object in a reply, whatever stands around it."""
    start, end = text.find("{"), text.rfind("}")
    return msgspec.json.decode(text[start : end + 1], type=kind)


def _unread(said: str, error: Exception) -> Unscored:
    if not said.strip():
        return Unscored("empty-reply", "the judge said nothing")
    begun = said.strip()[:200]
    if "{" not in said and refusal.stance(said) == "refused":
        return Unscored("refused", f"the judge declined: “{begun}”")
    return Unscored("unreadable", f"not the JSON that was asked for ({error}): “{begun}”")


def _as_teacher(settings: JudgeSettings) -> TeacherSettings:
    return TeacherSettings(
        kind="openai",
        base_url=settings.base_url,
        model=settings.model,
        api_key_env=settings.api_key_env,
        temperature=0.0,
        max_tokens=settings.max_tokens,
        concurrency=settings.concurrency,
        timeout=settings.timeout,
        max_retries=settings.max_retries,
    )
