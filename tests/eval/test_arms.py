import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from data import store, workspace
from data.errors import BadInputError
from data.records import Answer, Message
from data.workspace import Workspace
from eval import arms, evaluation, models, report
from eval.arms import Sampling
from eval.items import UNSEEN_WORDING, Item
from eval.prompts import Index, Prompter
from tests import make
from tests.eval import canned
from tests.synth.server import completion, serving

TAUGHT = [make.example(f"How do I do thing {n}?", f"Press {n}.") for n in range(6)]
PROBES = [
    make.example(f"Thing {n}, how?", f"Press {n}.", family=TAUGHT[n].family) for n in range(6)
]
TRASH = make.passage("How long are deleted files kept?", "Thirty days, in the trash.")
SEATS = make.passage("What does a seat cost?", "Four euros a month.", locator="faq.md#L9")
WORDS = '[dedup]\nembedder = "none"\n'


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    made = make.space(tmp_path, WORDS)
    canned.split(made, train=TAUGHT, probes=PROBES)
    on_a_real_base(made)
    make.stage_file(made.passages, [TRASH, SEATS])
    return made


def on_a_real_base(space: Workspace) -> None:
    trained = msgspec.structs.replace(make.manifest(), base="some/model")
    store.write_json(space.runs / "first" / "manifest.json", trained)


def prompter(space: Workspace) -> Prompter:
    index = Index([TRASH, SEATS], "none", space.vectors)
    return Prompter(space.settings.evaluate, TAUGHT, index)


def contents(messages: Sequence[Message]) -> str:
    return "\n".join(message.content for message in messages)


def test_all_arms_answer_the_same_items_and_the_best_untuned_one_is_the_rival(
    space: Workspace,
) -> None:
    run = space.runs / "first"

    def looks_up(question: str) -> str:
        return next((row.answer for row in PROBES if question.endswith(row.question)), "")

    evaluation.answer(
        space, run, lambda arm: canned.Model(looks_up if arm == "retrieval" else lambda _: "")
    )
    evaluation.check(space, run)
    found = report.gather(space, run)
    [first, *_] = found.sets

    assert list(first.arms) == ["base", "system-prompt", "few-shot", "retrieval", "tuned"]
    assert (first.contrasts[0].against, first.contrasts[0].difference) == ("retrieval", -1)
    assert {each.against for each in first.contrasts} == set(first.arms) - {"tuned"}
    page = report.render(found).decode()
    assert f"the best other arm (retrieval) gives {first.total}." in page
    assert re.findall(r'class="number">([\w-]+)</th>', page.partition('class="findings"')[2])[
        :5
    ] == [arm.capitalize() for arm in first.arms]


def test_examples_are_of_the_train_side_and_never_about_the_fact_that_is_asked(
    space: Workspace,
) -> None:
    asked = canned.item("Thing 3, how?", "Press 3.", family=TAUGHT[3].family)

    [prompt] = prompter(space).prompts("few-shot", [asked])

    assert len(prompt.shown) == 4
    assert TAUGHT[3].id not in prompt.shown
    assert prompt.messages[0].role == "system"
    assert prompt.messages[-1].content == "Thing 3, how?"


def test_the_passage_that_answers_is_looked_up_and_named(space: Workspace) -> None:
    [prompt] = prompter(space).prompts("retrieval", [canned.item("How long are files kept?")])

    assert prompt.shown[0] == TRASH.id
    assert "[1] How long are deleted files kept?\nThirty days" in contents(prompt.messages)


def test_instructions_of_the_chat_stay_beside_those_of_the_arm(space: Workspace) -> None:
    row = TAUGHT[0]
    chat = row.chat(
        (Message("system", "Be polite."), *row.messages), row.origin, family="f", side="train"
    )
    item = Item(chat, UNSEEN_WORDING)

    [prompt] = prompter(space).prompts("system-prompt", [item])

    assert [message.role for message in prompt.messages] == ["system", "user"]
    assert prompt.messages[0].content.endswith("Be polite.")


@dataclass
class Failing:
    """A model that is killed after some answers, and counts its questions."""

    left: int
    template_hash: str = "plain"
    asked: list[str] = field(default_factory=list)

    def answer(
        self,
        prompts: Sequence[tuple[Message, ...]],
        *,
        max_new_tokens: int,
        batch_size: int,
        sampling: Sampling | None,
    ) -> Iterator[canned.Reply]:
        for prompt in prompts:
            if not self.left:
                raise KeyboardInterrupt
            self.left -= 1
            self.asked.append(prompt[-1].content)
            yield canned.Reply(f"Said {prompt[-1].content}")


def test_a_killed_evaluation_goes_on_where_it_stopped(space: Workspace) -> None:
    run, first, second = space.runs / "first", Failing(left=20), Failing(left=999)

    with pytest.raises(KeyboardInterrupt):
        evaluation.answer(space, run, lambda _: first)
    journal = evaluation.journal_path(run)
    journal.write_bytes(journal.read_bytes() + b'{"run":"first","ar')
    done = evaluation.answer(space, run, lambda _: second)

    assert len(first.asked) + len(second.asked) == done.kept == 12 * 5
    assert not journal.exists()
    answers = store.read(evaluation.answers_path(run), Answer)
    assert all(each.text.startswith("Said ") for each in answers)


def test_what_was_said_under_other_settings_is_asked_again(tmp_path: Path) -> None:
    def attempt(toml: str, model: Failing) -> None:
        (tmp_path / "gristmill.toml").write_text(toml)
        space = workspace.find(tmp_path)
        evaluation.answer(space, space.runs / "first", lambda _: model)

    space = make.space(tmp_path, WORDS)
    canned.split(space, train=TAUGHT, probes=PROBES)
    on_a_real_base(space)
    with pytest.raises(KeyboardInterrupt):
        attempt(WORDS, Failing(left=20))
    again = Failing(left=999)

    attempt(f"{WORDS}[evaluate]\nmax_new_tokens = 9\n", again)

    assert len(again.asked) == 60


def test_a_base_of_random_weights_is_not_asked_with_prompts(space: Workspace) -> None:
    assert arms.of(space.settings.evaluate, "tiny") == ("base", "tuned")


def test_samples_beside_the_first_are_drawn_and_not_scored(tmp_path: Path) -> None:
    space = make.space(tmp_path, f"{WORDS}[evaluate]\narms = []\nsamples = 4\n")
    canned.split(space, train=TAUGHT[:1], probes=PROBES[:1])
    run = space.runs / "first"

    manifest = evaluation.answer(space, run, canned.models(lambda _: "", lambda _: "Press 0."))
    evaluation.check(space, run)

    assert manifest.kept == 2 * 2 * 4
    assert [score.total for score in report.gather(space, run).sets] == [1, 1]


def test_another_chat_template_is_a_warning(space: Workspace) -> None:
    def opened(arm: str) -> canned.Model:
        return canned.Model(lambda _: "", "own" if arm == "tuned" else "plain")

    manifest = evaluation.answer(space, space.runs / "first", opened)

    assert [each.partition(" ")[0] for each in evaluation.template_warnings(manifest)] == [
        "base",
        "system-prompt",
        "few-shot",
        "retrieval",
    ]


def test_a_model_behind_an_endpoint_is_asked_without_sampling(space: Workspace) -> None:
    with serving(lambda _: (200, completion("Press 1."))) as server:
        student = models.opener(space, space.runs / "first")(f"{server.url}#their-model")
        prompts = [(Message("user", "How?"),)] * 3

        replies = list(student.answer(prompts, max_new_tokens=9, batch_size=2, sampling=None))

    assert [reply.text for reply in replies] == ["Press 1."] * 3
    body = json.loads(server.bodies[0])
    assert (body["model"], body["temperature"]) == ("their-model", 0)


def test_an_endpoint_without_a_model_is_refused(space: Workspace) -> None:
    with pytest.raises(BadInputError, match="#NAME"):
        models.opener(space, space.runs / "first")("http://127.0.0.1:1/v1")
