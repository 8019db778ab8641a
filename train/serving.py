"""`train serve`: one run behind the OpenAI protocol, on this machine only.

One answer is given at a time; who asks meanwhile waits. Connections end with their reply, so that
nothing is left open when the server is stopped.
"""

import errno
import hmac
import os
import secrets
import threading
import time
from collections.abc import Generator, Iterable
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from data.errors import BadInputError
from train import api, chat, speech
from train.api import RefusedError
from train.speech import Piece

if TYPE_CHECKING:
    from train.student import Student

HOST = "127.0.0.1"
BODY_BYTES = 4 * 2**20
"""The largest request that is read; a prompt that fits any model is smaller."""
CHAT, MODELS = "/v1/chat/completions", "/v1/models"


def ensure_key(path: Path) -> str:
    """The key that clients send; made where there is none, readable by its owner alone."""
    if path.exists():
        path.chmod(0o600)
        if key := path.read_text(encoding="utf-8").strip():
            return key
        path.unlink()
    key = f"sk-{secrets.token_urlsafe(32)}"
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123 (only `os.open` sets the mode from the start)
        file.write(key + "\n")
    return key


class Server(ThreadingHTTPServer):
    """Listens from the start, and answers once it has a student."""

    daemon_threads = True

    def __init__(self, name: str, key: str, port: int) -> None:
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            raise BadInputError(
                f"Port {port} cannot be used ({error.strerror}); stop what listens there, or choose "
                "another with --port."
            ) from error
        self.name, self.key = name, key
        self.created = int(time.time())
        self.student: Student | None = None
        self._one_at_a_time = threading.Lock()
        self._stopping = threading.Event()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server_address[1]}/v1"

    def run(self, student: "Student") -> None:
        """Answer until Ctrl-C; an answer that is being given ends where it is."""
        self.student = student
        try:
            self.serve_forever()
        except KeyboardInterrupt:
            pass
        finally:
            self._stopping.set()
            with self._one_at_a_time:
                self.server_close()

    def say(self, prompt: list[int], manner: speech.Manner) -> Generator[Piece]:
        """The student's answer, once nobody else is being answered."""
        assert self.student
        with self._one_at_a_time:
            for piece in speech.say(self.student, prompt, manner):
                if self._stopping.is_set():
                    raise RefusedError("The server is being stopped.", status=503)
                yield piece


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version = "gristmill"
    sys_version = ""
    timeout = 60
    """Seconds that a client may take to send its request, and to take in a piece of the reply."""
    _begun = False
    """Whether the reply has."""

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def _answer(self, method: str) -> None:
        try:
            body = self._body() if method == "POST" else b""
            self._check_key()
            self._route(method, body)
        except RefusedError as refused:
            self._refuse(refused)
        except (ConnectionError, TimeoutError):
            pass  # Nobody listens any more; what was being said has ended with this.
        except Exception as error:
            self._refuse(RefusedError(f"{type(error).__name__}: {error}", status=500))
            raise

    def _route(self, method: str, body: bytes) -> None:
        path = self.path.partition("?")[0].rstrip("/")
        known = {CHAT: "POST", MODELS: "GET", f"{MODELS}/{self.server.name}": "GET"}
        if path not in known:
            raise RefusedError(
                f"There is no {path}; this server knows {CHAT} and {MODELS}.",
                status=404,
                code="unknown_url",
            )
        if known[path] != method:
            raise RefusedError(f"{path} takes {known[path]}, not {method}.", status=405)
        if path == CHAT:
            self._chat(api.read(body))
            return
        one = api.model(self.server.name, self.server.created)
        self._send(200, {"object": "list", "data": [one]} if path == MODELS else one)

    def _chat(self, asked: api.Asked) -> None:
        server = self.server
        if asked.model != server.name:
            raise RefusedError(
                f"The model '{asked.model}' does not exist; this server has '{server.name}'.",
                status=404,
                param="model",
                code="model_not_found",
            )
        prompt = self._prompt(asked)
        assert server.student
        room = speech.room(server.student, prompt)
        if room < 1:
            raise RefusedError(
                f"The messages have {len(prompt)} tokens; prompt and answer together may have "
                f"{server.student.positions}.",
                param="messages",
                code="context_length_exceeded",
            )
        reply = api.Reply.to(asked, len(prompt))
        with closing(server.say(prompt, asked.manner(room))) as pieces:
            if asked.stream:
                usage = bool(asked.stream_options and asked.stream_options.include_usage)
                self._stream(reply.chunks(pieces, usage=usage))
            else:
                self._send(200, reply.whole(pieces))

    def _prompt(self, asked: api.Asked) -> list[int]:
        assert self.server.student
        try:
            return chat.prompt_ids(asked.turns, self.server.student.tokenizer)
        except BadInputError as error:
            raise RefusedError(str(error), param="messages") from error

    def _check_key(self) -> None:
        given = self.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        if not hmac.compare_digest(given.encode(), self.server.key.encode()):
            raise RefusedError(
                "Incorrect API key provided: send what `train serve` wrote to work/serve.key.",
                status=401,
                code="invalid_api_key",
            )

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            raise RefusedError("The request needs a Content-Length.", status=411)
        if int(length) <= BODY_BYTES:
            return self.rfile.read(int(length))
        # Unread it would have the connection cut, and the client never see why.
        left = int(length)
        while left and (read := self.rfile.read(min(BODY_BYTES, left))):
            left -= len(read)
        raise RefusedError(f"A request may have {BODY_BYTES:,} bytes.", status=413)

    def _send(self, status: int, document: object) -> None:
        self._begun = True
        self.send_response(status)
        body = msgspec.json.encode(document)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, chunks: Iterable[dict[str, object]]) -> None:
        """Server-sent events. They begin with the first chunk, so that an error before it shows."""
        for chunk in chunks:
            if not self._begun:
                self._begun = True
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream; charset=utf-8")
                self.send_header("Cache-Control", "no-cache")
                self.end_headers()
            self._event(msgspec.json.encode(chunk))
        self._event(b"[DONE]")

    def _event(self, data: bytes) -> None:
        self.wfile.write(b"data: " + data + b"\n\n")
        self.wfile.flush()

    def _refuse(self, refused: RefusedError) -> None:
        """Tell what is wrong: as a reply, or in a stream that has begun as its last event."""
        try:
            if self._begun:
                self._event(msgspec.json.encode(refused.body))
            else:
                self._send(refused.status, refused.body)
        except (ConnectionError, TimeoutError):
            pass

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Say nothing: what is asked is nobody's business."""
