"""A teacher behind any OpenAI-compatible endpoint.

Text leaves this machine here and nowhere else, to the address that the settings name, after
scrubbing. Each reply is in the ledger before anything uses it: a run that was killed asks only
for what is missing.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from data.errors import BadInputError, TeacherError, UnansweredError
from data.ledger import Ledger
from data.records import Message, content_id
from data.settings import TeacherSettings
from synth.teacher import Reply, Request

if TYPE_CHECKING:
    from openai import APIConnectionError, APIStatusError, OpenAI

HOPELESS = {401, 403, 404, 405, 501}
"""What an endpoint answers to every request alike: a wrong key, address or name."""
REFUSED = {"max_tokens": "max_completion_tokens", "temperature": ""}
"""Parameters that some models refuse, and what to send instead; nothing where it is empty."""


class Said(msgspec.Struct):
    content: str | None = None
    refusal: str | None = None
    """Where a server tells apart that its model declined."""


class Choice(msgspec.Struct):
    message: Said
    finish_reason: str | None = None


class Usage(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class Completion(msgspec.Struct):
    """What we read of a server's reply; servers add fields of their own."""

    choices: list[Choice]
    usage: Usage | None = None

    @property
    def text(self) -> str:
        if not self.choices:
            return ""
        return self.choices[0].message.content or self.choices[0].message.refusal or ""


class Questions(msgspec.Struct):
    """The shape every reply must have."""

    questions: list[str]


SCHEMA = {
    "type": "json_schema",
    "json_schema": {
        "name": "questions",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {
                "questions": {"type": "array", "items": {"type": "string", "maxLength": 400}}
            },
            "required": ["questions"],
            "additionalProperties": False,
        },
    },
}


class Endpoint:
    """One model at one address. What it refuses is a TeacherError; what only this request suffers
    from is an UnansweredError.

    `named_by` is the setting that holds the address; errors tell it.
    """

    def __init__(
        self, settings: TeacherSettings, named_by: str = "`base_url` under [teacher]"
    ) -> None:
        self._settings = settings
        self._named_by = named_by
        self._client = _client(settings)
        self._not_taken: set[str] = set()

    def complete(
        self,
        messages: Sequence[Message],
        options: Mapping[str, object],
        schema: Mapping[str, object] | None = None,
    ) -> Completion:
        """`options` go into the request as they are; the schema only where the server takes one."""
        import openai

        told = [msgspec.to_builtins(message) for message in messages]
        body = {"model": self._settings.model, "messages": told, **options}
        try:
            return self._post(body, schema)
        except openai.APIConnectionError as error:
            raise self._unreached(error) from error
        except openai.APIStatusError as error:
            raise self._refused(error) from error
        except (openai.OpenAIError, msgspec.DecodeError) as error:
            where = self._settings.base_url
            raise UnansweredError(
                f"{where} does not speak the OpenAI protocol: {error}"
            ) from error

    def _unreached(self, error: "APIConnectionError") -> TeacherError:
        from httpx2 import ConnectError

        kind = TeacherError if isinstance(error.__cause__, ConnectError) else UnansweredError
        return kind(
            f"{self._settings.base_url} cannot be reached ({error.__cause__ or error}). Is the "
            f"server running, and is its address right ({self._named_by})? "
            "Replies so far are kept."
        )

    def _refused(self, error: "APIStatusError") -> TeacherError:
        kind = TeacherError if error.status_code in HOPELESS else UnansweredError
        return kind(
            f"{self._settings.base_url} answered {error.status_code} for model "
            f"{self._settings.model}: {error.message[:300]}. {self._hint(error.status_code)} "
            "Replies so far are kept."
        )

    def _hint(self, status: int) -> str:
        if status in (401, 403):
            return "Is the key right that `api_key_env` names?"
        if status in HOPELESS:
            return f"Is {self._named_by} right (most end in /v1), and the name of the model?"
        return "Wait and run again to go on."

    def _post(self, body: dict[str, object], schema: Mapping[str, object] | None) -> Completion:
        """With a schema where the server takes one; the prompt asks for JSON as well."""
        from openai import BadRequestError

        asked = body if schema is None else body | {"response_format": schema}
        while True:
            asked = self._as_taken(asked)
            try:
                return self._post_body(asked)
            except BadRequestError as error:
                if not self._learn(asked, error.message):
                    if "response_format" not in asked:
                        raise
                    del asked["response_format"]

    def _learn(self, asked: dict[str, object], complaint: str) -> bool:
        """Note a parameter that this model does not take; models that reason refuse some.

        Only where it is called unsupported: a value that is too large is named as well.
        """
        if "unsupported" not in complaint.lower():
            return False
        learnt = {each for each in REFUSED if each in asked and each in complaint}
        self._not_taken |= learnt
        return bool(learnt)

    def _as_taken(self, asked: dict[str, object]) -> dict[str, object]:
        names = {each: REFUSED[each] if each in self._not_taken else each for each in asked}
        return {name: asked[each] for each, name in names.items() if name}

    def _post_body(self, body: dict[str, object]) -> Completion:
        from httpx2 import Response

        reply = self._client.post("/chat/completions", body=body, cast_to=Response)
        return msgspec.json.decode(reply.content, type=Completion)


class EndpointTeacher:
    """Asks concurrently, answers in order."""

    def __init__(self, settings: TeacherSettings, book: Ledger) -> None:
        if not settings.base_url or not settings.model:
            raise BadInputError(
                "The teacher `openai` needs `base_url` and `model` under [teacher]; "
                "text is sent nowhere that you did not name."
            )
        self.name = settings.model
        self._settings = settings
        self._book = book
        self._guard = Lock()
        self._endpoint = Endpoint(settings)

    def answer(self, requests: Sequence[Request]) -> Iterator[Reply]:
        with ThreadPoolExecutor(self._settings.concurrency) as pool:
            try:
                yield from pool.map(self._answer, requests)
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    def _answer(self, request: Request) -> Reply:
        key = self._key(request)
        with self._guard:
            known = self._book.reply(key)
        text = self._ask(request, key) if known is None else known
        return _read(request, text)

    def _ask(self, request: Request, key: str) -> str:
        with self._guard:
            self._book.sent(key)
        try:
            completion = self._endpoint.complete(request.messages, self._options(), SCHEMA)
        except TeacherError as error:
            with self._guard:
                self._book.failed(key, str(error))
            raise
        usage = completion.usage or Usage()
        with self._guard:
            self._book.done(
                key,
                completion.text,
                prompt_tokens=usage.prompt_tokens,
                completion_tokens=usage.completion_tokens,
            )
        return completion.text

    def _options(self) -> dict[str, object]:
        return {
            "temperature": self._settings.temperature,
            "max_tokens": self._settings.max_tokens,
        }

    def _key(self, request: Request) -> str:
        """What was asked, and nothing about where or in which run."""
        told = [msgspec.to_builtins(message) for message in request.messages]
        body = {"model": self._settings.model, "messages": told, **self._options()}
        return content_id(msgspec.json.encode(body).decode())


def _client(settings: TeacherSettings) -> "OpenAI":
    from openai import DefaultHttpxClient, OpenAI

    return OpenAI(
        base_url=settings.base_url,
        api_key=_api_key(settings),
        timeout=settings.timeout,
        max_retries=settings.max_retries,
        http_client=DefaultHttpxClient(follow_redirects=False),
    )


def _api_key(settings: TeacherSettings) -> str:
    key = os.environ.get(settings.api_key_env, "")
    local = urlsplit(settings.base_url).hostname in {"127.0.0.1", "localhost", "::1"}
    if not key and not local:
        raise BadInputError(
            f"The environment variable {settings.api_key_env} is empty; it holds the key for "
            f"{settings.base_url} (`api_key_env` names it)."
        )
    return key or "none"


def _read(request: Request, text: str) -> Reply:
    """Take the JSON object out of a reply, whatever stands around it."""
    start, end = text.find("{"), text.rfind("}")
    try:
        found = msgspec.json.decode(text[start : end + 1], type=Questions)
    except msgspec.DecodeError as error:
        return Reply(request, error=f"not the JSON that was asked for: {error}")
    return Reply(request, tuple(question.strip() for question in found.questions))
