import json
from pathlib import Path

import pytest

from data import ledger
from data.errors import BadInputError, TeacherError
from data.records import Drop, Example, Origin, Ticket
from data.settings import TeacherSettings
from synth import generate, orders, recipe
from synth.endpoint import EndpointTeacher
from tests import make
from tests.synth.server import Answer, completion, serving

GOOD = completion('{"questions": ["pw reset??", "I forgot my password, what now"]}')


def ask(
    folder: Path, url: str, *, examples: list[Example] | None = None, model: str = "m"
) -> list[Example | Drop]:
    settings = TeacherSettings(kind="openai", base_url=url, model=model, max_retries=2)
    asked = generate.requests(examples or [make.example()], recipe.load("reword"), 2)
    with ledger.opened(folder / "ledger.sqlite") as book:
        teacher = EndpointTeacher(settings, book)
        return list(generate.write(asked, recipe.load("reword"), teacher))


def reasons(outcomes: list[Example | Drop]) -> list[str]:
    return [outcome.reason for outcome in outcomes if isinstance(outcome, Drop)]


def test_wordings_carry_the_answer_and_who_wrote_them(tmp_path: Path) -> None:
    with serving(lambda _: (200, GOOD)) as server:
        made = ask(tmp_path, server.url)

    assert [e.question for e in made if isinstance(e, Example)] == [
        "pw reset??",
        "I forgot my password, what now",
    ]
    first = made[0]
    assert isinstance(first, Example)
    assert first.answer == make.example().answer
    assert (first.origin.teacher, first.origin.parents) == ("m", (make.example().id,))
    assert first.origin.recipe.startswith("reword@")


def test_a_ticket_is_filled_in_its_styles_with_words_that_are_not_there_yet(
    tmp_path: Path,
) -> None:
    further = recipe.load(orders.RECIPE)
    entry = make.example(origin=Origin("faq.md", "faq.md#L1", parents=("p1",)))
    probe = make.example("PW reset?", family=entry.family)
    ticket = Ticket("t1", "resets", "hardly taught", ("p1",), 2, styles=("as a haiku",))
    with serving(lambda _: (200, GOOD)) as server, ledger.opened(tmp_path / "l.sqlite") as book:
        settings = TeacherSettings(kind="openai", base_url=server.url, model="m")
        teacher = EndpointTeacher(settings, book)
        ordered = orders.requests([ticket], [entry, probe], further)

        made = list(
            orders.write(
                (), ordered, [entry, probe], lambda some: generate.write(some, further, teacher)
            )
        )

    assert reasons(made) == ["same-words"]
    kept = [each for each in made if isinstance(each, Example)]
    assert [(each.question, each.origin.ticket) for each in kept] == [
        ("I forgot my password, what now", "t1")
    ]
    [body] = server.bodies
    assert b"as a haiku" in body
    assert b"PW reset" not in body
    assert [(t.state, t.made) for t in orders.filled([ticket], kept)] == [("filled", 1)]
    assert orders.filled([ticket], []) == [ticket]


def test_a_reply_that_arrived_is_never_asked_for_again(tmp_path: Path) -> None:
    with serving(lambda _: (200, GOOD)) as server:
        first = ask(tmp_path, server.url)
        second = ask(tmp_path, server.url)

        assert first == second
        assert len(server.bodies) == 1


def test_a_busy_server_is_asked_again_until_it_answers(tmp_path: Path) -> None:
    faults = {0: (429, "{}"), 1: (500, "{}")}

    with serving(lambda number: faults.get(number, (200, GOOD))) as server:
        made = ask(tmp_path, server.url)

    assert len(made) == 2
    assert not reasons(made)


def test_a_reply_that_is_no_json_is_counted_not_lost(tmp_path: Path) -> None:
    with serving(lambda _: (200, completion("Sure! Here you go"))) as server:
        made = ask(tmp_path, server.url)

    assert reasons(made) == ["unreadable-reply", "unreadable-reply"]


def test_json_in_prose_and_fences_is_read(tmp_path: Path) -> None:
    text = 'Sure:\n```json\n{"questions": ["pw reset??"]}\n```'

    with serving(lambda _: (200, completion(text))) as server:
        made = ask(tmp_path, server.url)

    assert isinstance(made[0], Example)
    assert reasons(made) == ["too-few-wordings"]


def test_a_secret_in_a_reply_is_not_taken(tmp_path: Path) -> None:
    text = json.dumps({"questions": ["mail bob@example.com?", "pw reset??"]})

    with serving(lambda _: (200, completion(text))) as server:
        made = ask(tmp_path, server.url)

    assert reasons(made) == ["personal-data"]


def test_a_server_that_refuses_schemas_is_asked_without(tmp_path: Path) -> None:
    with serving(lambda number: (400, "{}") if number == 0 else (200, GOOD)) as server:
        made = ask(tmp_path, server.url)

        assert len(made) == 2
        assert b"response_format" in server.bodies[0]
        assert b"response_format" not in server.bodies[1]


def test_a_model_that_takes_no_temperature_is_asked_without(tmp_path: Path) -> None:
    complaints = {
        0: "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
        1: "Unsupported value: 'temperature' does not support 0.8 with this model.",
    }

    def answer(number: int) -> tuple[int, str]:
        said = complaints.get(number)
        return (400, json.dumps({"error": {"message": said}})) if said else (200, GOOD)

    with serving(answer) as server:
        made = ask(tmp_path, server.url)
        sent = [set(json.loads(body)) for body in server.bodies]

    assert not reasons(made)
    assert sent[2] == {"model", "messages", "max_completion_tokens", "response_format"}


def test_held_out_families_are_never_sent(tmp_path: Path) -> None:
    held_out = make.example("What is the limit?", "Ten.", side="test")

    with serving(lambda _: (200, GOOD)) as server:
        ask(tmp_path, server.url, examples=[make.example(), held_out])

        assert not any(b"What is the limit" in body for body in server.bodies)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda _: (401, '{"error": {"message": "bad key"}}'), "answered 401"),
        (lambda _: (200, "<html>hello</html>"), "does not speak the OpenAI protocol"),
        (lambda _: (200, '{"choices": "none"}'), "does not speak the OpenAI protocol"),
    ],
)
def test_what_will_not_get_better_stops_the_run(tmp_path: Path, answer: Answer, said: str) -> None:
    with serving(answer) as server, pytest.raises(TeacherError, match=said):
        ask(tmp_path, server.url)


def test_a_refused_connection_says_which_setting_to_check(tmp_path: Path) -> None:
    with serving(lambda _: (200, GOOD)) as server:
        url = server.url

    with pytest.raises(TeacherError, match=r"cannot be reached .*base_url"):
        ask(tmp_path, url)


def test_a_teacher_without_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="needs `base_url` and `model`"):
        ask(tmp_path, "", model="")


def test_a_remote_teacher_needs_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    with pytest.raises(BadInputError, match="OPENAI_API_KEY is empty"):
        ask(tmp_path, "https://llm.example.com/v1")
