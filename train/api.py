"""The OpenAI chat-completions protocol: requests read, replies and errors written.

What would change an answer and is not offered here is refused, never ignored.
"""

import re
import secrets
import time
from collections.abc import Iterable, Iterator
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

from data.records import Message, Role
from train.speech import Manner, Piece

NEUTRAL: dict[str, tuple[object, ...]] = {
    "n": (1,),
    "top_p": (1,),
    "presence_penalty": (0,),
    "frequency_penalty": (0,),
    "logprobs": (False,),
    "logit_bias": ({},),
    "tools": ([],),
    "tool_choice": ("none", "auto"),
    "response_format": ({"type": "text"},),
    "modalities": (["text"],),
}
"""Fields that are not offered, with the values at which they change nothing."""
BOOKKEEPING = {
    *("user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key"),
    *("parallel_tool_calls",),
}
"""Fields that bear on accounts and not on answers."""
ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "system",  # what newer clients call it
    "user": "user",
    "assistant": "assistant",
}


class RefusedError(Exception):
    """A request that is answered by an error, as clients of OpenAI expect it."""

    def __init__(
        self, message: str, *, status: int = 400, param: str | None = None, code: str | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.param, self.code = status, param, code

    @property
    def body(self) -> dict[str, object]:
        kind = "server_error" if self.status >= 500 else "invalid_request_error"
        error = {"message": str(self), "type": kind, "param": self.param, "code": self.code}
        return {"error": error}


class Part(msgspec.Struct):
    type: str
    text: str = ""


class Turn(msgspec.Struct):
    role: str
    content: str | list[Part] | None = None


class StreamOptions(msgspec.Struct):
    include_usage: bool = False


Tokens = Annotated[int, Meta(ge=1)]


class Asked(msgspec.Struct):
    """The body of a request: the fields that are offered."""

    model: str
    messages: Annotated[list[Turn], Meta(min_length=1)]
    max_tokens: Tokens | None = None
    max_completion_tokens: Tokens | None = None
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    seed: int | None = None
    stop: str | Annotated[list[str], Meta(max_length=16)] | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None

    @property
    def turns(self) -> tuple[Message, ...]:
        return tuple(_message(place, turn) for place, turn in enumerate(self.messages))

    def manner(self, room: int) -> Manner:
        """How to answer, in at most as many tokens as there is room for.

        Temperature 0 unless told otherwise: the answer that `evaluate` looks at.
        """
        limit = self.max_completion_tokens or self.max_tokens or room
        stop = (self.stop,) if isinstance(self.stop, str) else tuple(self.stop or ())
        return Manner(
            max_new_tokens=min(limit, room),
            temperature=self.temperature or 0.0,
            seed=None if self.seed is None else self.seed % 2**63,
            stop=tuple(each for each in stop if each),
        )


class Reply(NamedTuple):
    """What the replies to one request have in common."""

    id: str
    created: int
    model: str
    prompt_tokens: int

    @classmethod
    def to(cls, asked: Asked, prompt_tokens: int) -> "Reply":
        return cls(
            f"chatcmpl-{secrets.token_hex(12)}", int(time.time()), asked.model, prompt_tokens
        )

    def whole(self, pieces: Iterable[Piece]) -> dict[str, object]:
        """The reply in one object."""
        said = list(pieces)
        message = {
            "role": "assistant",
            "content": "".join(piece.text for piece in said),
            "refusal": None,
        }
        choice = {
            "index": 0,
            "message": message,
            "logprobs": None,
            "finish_reason": said[-1].finish,
        }
        return {
            **self._head("chat.completion"),
            "choices": [choice],
            "usage": self._usage(said[-1].tokens),
        }

    def chunks(self, pieces: Iterable[Piece], *, usage: bool) -> Iterator[dict[str, object]]:
        """The reply as a stream; with `usage`, its last chunk tells the tokens."""
        yield self._chunk({"role": "assistant", "content": ""})
        piece = Piece("", 0)
        for piece in pieces:
            if piece.text:
                yield self._chunk({"content": piece.text})
        yield self._chunk({}, finish=piece.finish)
        if usage:
            yield {
                **self._head("chat.completion.chunk"),
                "choices": [],
                "usage": self._usage(piece.tokens),
            }

    def _chunk(self, delta: dict[str, str], finish: str | None = None) -> dict[str, object]:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return {**self._head("chat.completion.chunk"), "choices": [choice]}

    def _head(self, kind: str) -> dict[str, object]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}

    def _usage(self, tokens: int) -> dict[str, int]:
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": tokens,
            "total_tokens": self.prompt_tokens + tokens,
        }


def read(body: bytes) -> Asked:
    """The request in a body. Raises RefusedError with the field that is wrong."""
    try:
        fields = msgspec.json.decode(body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RefusedError(f"The body is no JSON object: {error}") from error
    for name, value in fields.items():
        _refuse_what_is_not_offered(name, value)
    try:
        return msgspec.convert(fields, Asked)
    except msgspec.ValidationError as error:
        where = re.search(r"\$\.(\w+)", str(error)) or re.search(
            r"required field `(\w+)`", str(error)
        )
        raise RefusedError(f"{error}", param=where[1] if where else None) from error


def model(name: str, created: int) -> dict[str, object]:
    """What can be asked."""
    return {"id": name, "object": "model", "created": created, "owned_by": "gristmill"}


def _refuse_what_is_not_offered(name: str, value: object) -> None:
    if name in Asked.__struct_fields__ or name in BOOKKEEPING or value is None:
        return
    if name not in NEUTRAL:
        raise RefusedError(f"Unknown parameter: '{name}'.", param=name, code="unknown_parameter")
    if value not in NEUTRAL[name]:
        raise RefusedError(
            f"'{name}' is not offered by this server; leave it out.",
            param=name,
            code="unsupported_parameter",
        )


def _message(place: int, turn: Turn) -> Message:
    where = f"messages[{place}]"
    if turn.role not in ROLES:
        raise RefusedError(
            f"The role '{turn.role}' is not offered; use {', '.join(ROLES)}.",
            param=f"{where}.role",
        )
    parts = turn.content if isinstance(turn.content, list) else []
    if any(part.type != "text" for part in parts):
        raise RefusedError("Only parts of type 'text' are read.", param=f"{where}.content")
    text = turn.content if isinstance(turn.content, str) else "".join(part.text for part in parts)
    return Message(ROLES[turn.role], text)
