"""The server as OpenAI's own client meets it."""

import http.client
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest
from openai import OpenAI

from data.errors import BadInputError
from tests import make
from tests.train import splits
from train import serving
from train.serving import Server
from train.student import Student

ASKED = [{"role": "user", "content": "reset password pls"}]


@pytest.fixture(scope="module")
def server(student: Student) -> Iterator[Server]:
    made = Server("first", "sk-of-this-test", 0)
    thread = threading.Thread(target=made.run, args=(student,))
    thread.start()
    yield made
    made.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def client(server: Server) -> OpenAI:
    return OpenAI(base_url=server.url, api_key=server.key, max_retries=0)


def ask(client: OpenAI, **more: object) -> object:
    """A request as its body stands on the wire."""
    body = {"model": "first", "messages": ASKED, **more}
    return client.post("/chat/completions", body=body, cast_to=object)


def refused(client: OpenAI, **more: object) -> tuple[int, str | None, str | None]:
    with pytest.raises(openai.APIStatusError) as caught:
        ask(client, **more)
    return caught.value.status_code, caught.value.param, caught.value.code


def test_a_client_lists_the_run_and_has_it_answer(client: OpenAI) -> None:
    reply = client.chat.completions.create(
        model="first", messages=[{"role": "user", "content": "reset password pls"}]
    )

    assert [model.id for model in client.models.list()] == ["first"]
    assert client.models.retrieve("first").owned_by == "gristmill"
    assert reply.choices[0].message.content == splits.ANSWERS[0]
    assert reply.choices[0].finish_reason == "stop"
    assert reply.usage is not None
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens


def test_a_stream_says_the_same_and_ends_with_its_usage(client: OpenAI) -> None:
    chunks = list(
        client.chat.completions.create(
            model="first",
            messages=[
                {"role": "user", "content": [{"type": "text", "text": "reset password pls"}]}
            ],
            stream=True,
            stream_options={"include_usage": True},
        )
    )

    deltas = [chunk.choices[0] for chunk in chunks if chunk.choices]
    assert "".join(each.delta.content or "" for each in deltas) == splits.ANSWERS[0]
    assert len(deltas) > 5
    assert deltas[-1].finish_reason == "stop"
    assert chunks[-1].usage is not None


def test_limit_stop_and_seed_are_kept_to(client: OpenAI) -> None:
    def answer(**more: float | str | list[str]) -> tuple[object, object]:
        reply = client.chat.completions.create(  # type: ignore[call-overload]
            model="first", messages=ASKED, **more
        )
        return reply.choices[0].message.content, reply.choices[0].finish_reason

    assert answer(max_tokens=2)[1] == "length"
    assert answer(stop=["choose"]) == ("Open Settings, ", "stop")
    assert answer(temperature=2, seed=7, max_tokens=9) == answer(
        temperature=2, seed=7, max_tokens=9
    )


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"model": "gpt-5"}, (404, "model", "model_not_found")),
        ({"messages": []}, (400, "messages", None)),
        ({"messages": [{"role": "tool", "content": "x"}]}, (400, "messages[0].role", None)),
        (
            {"messages": [{"role": "user", "content": "word " * 3000}]},
            (400, "messages", "context_length_exceeded"),
        ),
        ({"temperature": "hot"}, (400, "temperature", None)),
        ({"max_tokens": 0}, (400, "max_tokens", None)),
        ({"n": 2}, (400, "n", "unsupported_parameter")),
        (
            {"response_format": {"type": "json_object"}},
            (400, "response_format", "unsupported_parameter"),
        ),
        ({"tempratur": 1}, (400, "tempratur", "unknown_parameter")),
    ],
)
def test_what_cannot_be_done_is_refused_as_openai_refuses_it(
    client: OpenAI, more: dict[str, object], told: tuple[int, str | None, str | None]
) -> None:
    assert refused(client, **more) == told


def test_fields_at_which_nothing_changes_are_taken(client: OpenAI) -> None:
    assert ask(client, n=1, top_p=1.0, user="ann", tools=[], logprobs=False)


def test_a_wrong_key_and_a_wrong_address_are_told(server: Server, client: OpenAI) -> None:
    with pytest.raises(openai.AuthenticationError, match="train serve"):
        client.with_options(api_key="sk-no").models.list()
    with pytest.raises(openai.NotFoundError, match="knows /v1/chat/completions"):
        client.post("/completions", body={}, cast_to=object)


def test_a_body_that_is_too_large_or_no_json_is_told(server: Server) -> None:
    def post(body: bytes) -> tuple[int, bytes]:
        wire = http.client.HTTPConnection(serving.HOST, server.server_address[1])
        headers = {"Authorization": f"Bearer {server.key}"}
        wire.request("POST", "/v1/chat/completions", body, headers)
        reply = wire.getresponse()
        return reply.status, reply.read()

    assert post(b"{")[0] == 400
    assert post(b" " * (serving.BODY_BYTES + 1))[0] == 413


def test_a_client_that_goes_away_leaves_the_server_free(client: OpenAI) -> None:
    for _ in range(3):
        with client.chat.completions.create(
            model="first", messages=[{"role": "user", "content": "hi"}], stream=True, temperature=2
        ) as stream:
            next(iter(stream))

    assert ask(client)


def test_a_teacher_of_ours_is_answered_too(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", server.key)
    toml = f'[teacher]\nkind = "openai"\nbase_url = "{server.url}"\nmodel = "first"\n'
    space = make.space(tmp_path, toml + "[synth]\nrewordings = 1\n")
    make.stage_file(space.ingested, [make.example()], root=tmp_path)
    make.stage_file(space.passages, [make.passage()], root=tmp_path)

    ran = make.run("synth run", cwd=tmp_path)

    assert "not the JSON that was asked for" in (space.work / "synthetic.drops.jsonl").read_text()
    assert ran.code == 0, ran.output


def test_a_port_that_is_taken_is_named(server: Server) -> None:
    with pytest.raises(BadInputError, match="choose another with --port"):
        Server("first", "sk", server.server_address[1])


def test_the_key_is_kept_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "work" / "serve.key"

    first = serving.ensure_key(path)
    path.chmod(0o644)
    again = serving.ensure_key(path)

    assert first == again
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
