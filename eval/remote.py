"""A model behind an OpenAI-compatible endpoint, asked as the others are."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, NamedTuple

from data.records import Message
from data.settings import TeacherSettings
from eval.arms import Sampling
from synth.endpoint import Endpoint


class RemoteReply(NamedTuple):
    text: str
    tokens: int
    """As the endpoint counts them; 0 where it does not."""
    seconds: float
    stop: Literal["eos", "length"]


class RemoteStudent:
    """Its chat template is its own affair, so it has no hash to compare."""

    template_hash = ""

    def __init__(self, settings: TeacherSettings) -> None:
        self._endpoint = Endpoint(settings, "`models` under [evaluate]")
        self._concurrency = settings.concurrency

    def answer(
        self,
        prompts: Sequence[tuple[Message, ...]],
        *,
        max_new_tokens: int,
        batch_size: int,
        sampling: Sampling | None,
    ) -> Iterator[RemoteReply]:
        """`batch_size` is the endpoint's affair; as many are in flight as [teacher] allows."""
        del batch_size

        def ask(prompt: tuple[Message, ...]) -> RemoteReply:
            return self._ask(prompt, max_new_tokens, sampling)

        with ThreadPoolExecutor(self._concurrency) as pool:
            try:
                yield from pool.map(ask, prompts)
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    def _ask(
        self, prompt: tuple[Message, ...], max_tokens: int, sampling: Sampling | None
    ) -> RemoteReply:
        started = time.monotonic()
        chosen = {"temperature": sampling.temperature, "seed": sampling.seed} if sampling else {}
        said = self._endpoint.complete(
            prompt, {"temperature": 0.0, "max_tokens": max_tokens, **chosen}
        )
        tokens = said.usage.completion_tokens if said.usage else 0
        cut = bool(said.choices) and said.choices[0].finish_reason == "length"
        seconds = time.monotonic() - started
        return RemoteReply(said.text, tokens, seconds, "length" if cut else "eos")
