"""llama.cpp's server at work on one file: what it makes of text, and what it answers."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec

from data.errors import GristmillError
from data.records import Message
from train.llama import cache

PROGRAM = "llama-server"
SCRIPT = Path(__file__).parent / "inside" / "serve.py"
PATIENCE_SECONDS = 600.0
"""For reading a file of many gigabytes from a slow disk."""


class EngineError(GristmillError):
    """llama.cpp's server did not start, or did not answer."""


class Said(msgspec.Struct):
    text: str
    ended: bool
    """By itself, not at the limit."""


class _Message(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    message: _Message
    finish_reason: str | None = None


class _Completion(msgspec.Struct):
    choices: list[_Choice]


class _Tokens(msgspec.Struct):
    tokens: list[int]


class _Prompt(msgspec.Struct):
    prompt: str


@dataclass(frozen=True)
class Engine:
    """A server that runs."""

    url: str
    name: str

    def tokens(self, text: str) -> list[int]:
        asked = {"content": text, "add_special": False, "parse_special": True}
        return msgspec.json.decode(self._post("/tokenize", asked), type=_Tokens).tokens

    def prompt(self, messages: Sequence[Message]) -> str:
        """The messages by the chat template that is in the file."""
        asked = {"messages": msgspec.to_builtins(messages)}
        return msgspec.json.decode(self._post("/apply-template", asked), type=_Prompt).prompt

    def answer(self, messages: Sequence[Message], max_tokens: int) -> Said:
        """The likeliest token each time."""
        asked = {
            "messages": msgspec.to_builtins(messages),
            "max_tokens": max_tokens,
            "temperature": 0,
        }
        reply = msgspec.json.decode(self._post("/v1/chat/completions", asked), type=_Completion)
        (choice,) = reply.choices
        return Said(choice.message.content or "", choice.finish_reason == "stop")

    def _post(self, path: str, asked: object) -> bytes:
        request = urllib.request.Request(
            self.url + path,
            data=msgspec.json.encode(asked),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as reply:
                body: bytes = reply.read()
        except urllib.error.HTTPError as error:
            raise EngineError(
                f"{self.name} refused {path}: {error.read().decode()[:300]}"
            ) from error
        except OSError as error:
            raise EngineError(f"{self.name} ended while it was asked: {error}") from error
        return body


def find() -> str:
    """What will be asked: the program on the path, or the package in the cache.

    Fetches the package where there is neither. Raises BadInputError where it cannot be had.
    """
    if program := shutil.which(PROGRAM):
        return program
    cache.server()
    return PROGRAM


def versions() -> dict[str, str]:
    """What converts, and what is asked."""
    server = shutil.which(PROGRAM) or cache.pinned(cache.SERVER)
    return {"converter": cache.pinned(cache.SOURCE), "server": server}


@contextmanager
def serving(file: Path, context: int) -> Iterator[Engine]:
    """llama.cpp's server on a file, for as long as the block takes."""
    name = find()
    port = _free_port()
    command, paths = _command(name, file, port, context)
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            env={**os.environ, **paths},
        )
        try:
            engine = Engine(f"http://127.0.0.1:{port}", name)
            _wait(engine, process, log)
            yield engine
        finally:
            assert process.stdin
            process.stdin.close()
            process.kill()
            process.wait()


def _command(name: str, file: Path, port: int, context: int) -> tuple[list[str], dict[str, str]]:
    if name == PROGRAM:
        script = [sys.executable, str(SCRIPT), str(file), str(port), str(context)]
        return script, {"PYTHONPATH": str(cache.server())}
    told = ["--model", str(file), "--host", "127.0.0.1", "--port", str(port), "--jinja"]
    told += ["--ctx-size", str(context), "--parallel", "1", "--gpu-layers", "0", "--offline"]
    # As in the script: a cache of 16 bits would be compared, too.
    told += ["--cache-type-k", "f32", "--cache-type-v", "f32", "--flash-attn", "off"]
    return [name, *told], {}


def _wait(engine: Engine, process: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up:
        if process.poll() is not None:
            raise EngineError(f"{engine.name} does not read the file: {_last_error(log)}")
        try:
            with urllib.request.urlopen(engine.url + "/health", timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise EngineError(f"{engine.name} was not ready after {PATIENCE_SECONDS:.0f} seconds.")


def _last_error(log: IO[bytes]) -> str:
    log.seek(0)
    lines = log.read().decode(errors="replace").splitlines()
    errors = [line for line in lines if "error" in line.lower() or "failed" in line.lower()]
    return (errors or lines or ["it said nothing"])[-1]


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
