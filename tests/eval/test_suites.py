import json
from pathlib import Path

import numpy as np
import pytest

from data import ledger, store
from data.errors import BadInputError
from data.settings import JudgeSettings
from data.workspace import Workspace
from eval import expectations, nearness, suite_run, suites
from eval.arms import Reply
from eval.judge.asking import Judge
from eval.nearness import Threshold
from eval.suite_run import CaseResult, Means
from eval.suites import Case, Expectation, Number
from tests import make
from tests.eval import canned, judges

SUITE = """
[[case]]
name = "trash"
ask = "How long?"
[case.expect]
contains = ["30 days"]
must_not = ["for ever"]

[[case]]
name = "wordings"
ask = "How long?"
wordings = ["For how long are they kept?", "When does the trash go?"]

[[case]]
name = "plan"
ask = "How long on Free?"
changed = "How long on Pro?"
[case.then]
number = {value = 90, within = 1}

[[case]]
name = "unknown"
ask = "Which colour?"
[case.expect]
refusal = true
"""


def reasons(expect: Expectation, text: str) -> list[str]:
    return list(expectations.failures(expect, text, lambda one, other: 0.5))


@pytest.mark.parametrize(
    ("expect", "passes", "fails"),
    [
        (Expectation(exact="Press Reset."), " Press Reset.\n", "press reset."),
        (Expectation(same="Press Reset."), "press  RESET", "Press it."),
        (Expectation(contains=("30 days",)), "After 30  Days.", "After 130 days."),
        (Expectation(any_of=("mail", "chat")), "By chat.", "By e-mails."),
        (Expectation(must_not=("no",)), "I know.", "No."),
        (Expectation(regex=r"^FB-\d+$"), "FB-107", "FB-x"),
        (Expectation(number=Number(30, 1)), "About 31 of them.", "About 32, or 28."),
        (Expectation(json_keys=("id",)), '{"id": 1}', '["id"]'),
        (Expectation(json_keys=("id",)), '{"id": 1}', "```json\n{}```"),
        (Expectation(max_words=2), "Press it.", "Press it now."),
        (Expectation(like="Press Reset.", min_chrf=80), "Press Reset!", "Call us."),
        (Expectation(like="Press Reset.", min_cosine=0.4), "Anything.", ""),
        (Expectation(refusal=True), "I don't know.", "Blue."),
        (Expectation(refusal=False), "Blue.", "I don't know."),
    ],
)
def test_each_expectation_passes_and_fails(expect: Expectation, passes: str, fails: str) -> None:
    assert reasons(expect, passes) == []
    assert reasons(expect, fails) or expect.min_cosine


def test_all_reasons_are_told() -> None:
    found = reasons(Expectation(contains=("a", "b"), max_words=1), "x y")

    assert len(found) == 3


def said(*texts: str, stop: str = "eos") -> list[Reply]:
    return [canned.Reply(text, stop="length" if stop == "length" else "eos") for text in texts]


def judged(case: Case, replies: list[Reply]) -> tuple[str, tuple[str, ...]]:
    [verdict] = suite_run.judge([case], [replies], Means(lambda one, other: 1.0))
    return verdict


def test_several_wordings_must_get_one_answer() -> None:
    case = Case("w", "How long?", wordings=("For how long?",))

    assert judged(case, said("For 30 days.", "for 30 days"))[0] == "pass"
    assert judged(case, said("For 30 days.", "For 60 days."))[0] == "fail"


def test_a_change_of_the_question_must_change_the_answer() -> None:
    case = Case("c", "On Free?", changed="On Pro?", then=Expectation(contains=("90",)))

    assert judged(case, said("For 30 days.", "For 90 days."))[0] == "pass"
    assert judged(case, said("For 90 days.", "For 90 days."))[0] == "fail"
    assert judged(case, said("For 30 days.", "For 60 days."))[0] == "fail"


def test_an_answer_that_was_cut_off_is_unscored_and_no_failure() -> None:
    case = Case("t", "How long?", Expectation(contains=("30 days",)))

    assert judged(case, said("It is ", stop="length"))[0] == "unscored"


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    made = make.space(tmp_path)
    canned.split(made, train=[make.example()], probes=[make.example("Reset?", "Yes.")])
    make.stage_file(made.passages, [make.passage("How long?", "They stay for 30 days.")])
    (made.root / "suites").mkdir()
    (made.root / "suites" / "trash.toml").write_text(SUITE)
    return made


def test_every_arm_is_asked_every_case(space: Workspace) -> None:
    def tuned(question: str) -> str:
        if "colour" in question:
            return "I do not know."
        return "They stay for 90 days." if "Pro" in question else "They stay for 30 days."

    run = space.runs / "first"

    suite_run.ask(space, run, canned.models(lambda _: "For ever.", tuned))

    assert suite_run.counts(run)["trash", "tuned"] == {"pass": 4}
    assert suite_run.share_passed(run, "tuned") == 1.0
    assert [each.case for each in suite_run.of_outcome(run, "base", "fail")] == [
        "trash",
        "plan",
        "unknown",
    ]
    results = list(store.read(suite_run.path_of(run), CaseResult))
    assert [len(each.answers) for each in results] == [1, 3, 2, 1] * 2


def test_a_starter_holds_the_hard_facts_of_the_faq(space: Workspace) -> None:
    ran = make.run("evaluate suite init", cwd=space.root)

    assert ran.code == 0, ran.output
    suite = suites.load(space.root / "suites" / "faq.toml")
    assert [case.name for case in suite.case] == ["faq-1", "unanswerable"]
    assert suite.case[0].expect.contains == ("30 days",)
    assert make.run("evaluate suite init", cwd=space.root).code == 2


def test_a_starter_has_wordings_and_every_kind_of_case(tmp_path: Path) -> None:
    pytest.importorskip("jsonschema")
    hard = make.passage("How long?", "They stay for 30 days.")
    soft = make.passage(
        "Who may see my files?", "Only those whom you let in.", locator="faq.md#L9"
    )
    made = make.example("For how long?", hard.text, family=hard.family)
    path = tmp_path / "faq.toml"
    text = suites.starter([soft, hard], suites.other_wordings([made]))
    head, rest = text.split("# Other kinds", 1)
    path.write_text(head + rest.partition("\n")[2].replace("\n# ", "\n").replace("\n#\n", "\n\n"))

    first, second, *others = suites.load(path).case

    assert (first.wordings, first.expect.contains) == (("For how long?",), ("30 days",))
    assert (second.expect.like, second.expect.min_cosine) == (soft.text, "fitted")
    assert {case.kind for case in others} == {"MFT", "DIR"}
    assert [case.expect.rubric for case in others if case.expect.rubric]
    assert [case.expect.json_schema for case in others if case.expect.json_schema]


def test_json_must_be_of_its_schema(tmp_path: Path) -> None:
    pytest.importorskip("jsonschema")
    expect = Expectation(
        json_schema={
            "type": "object",
            "required": ["id"],
            "properties": {"id": {"type": "integer"}, "to": {"$ref": "https://example.com/x"}},
        }
    )

    assert reasons(expect, '{"id": 1}') == []
    assert reasons(expect, "none") == ["is no JSON"]
    assert reasons(expect, "{}") == ["the JSON: 'id' is a required property"]
    assert reasons(expect, '{"id": "a"}') == ["id: 'a' is not of type 'integer'"]
    with pytest.raises(BadInputError, match="refers to what it does not hold"):
        reasons(expect, '{"id": 1, "to": 2}')
    path = tmp_path / "bad.toml"
    path.write_text(
        '[[case]]\nname = "a"\nask = "b"\nexpect = {json_schema = {type = "objekt"}}\n'
    )
    with pytest.raises(BadInputError, match="`json_schema` is none"):
        suites.load(path)


def test_a_cosine_is_fitted_on_what_is_not_the_same(space: Workspace) -> None:
    rows = [make.example(f"Question {n}?", f"Answer {n}.") for n in range(30)]
    probes = [make.example(f"Q {n}", row.answer, family=row.family) for n, row in enumerate(rows)]
    draw = np.random.default_rng(1)
    meant = {row.answer: draw.normal(size=8) for row in rows}
    for row, probe in zip(rows, probes, strict=True):
        meant[row.question] = draw.normal(size=8)
        meant[probe.question] = meant[row.question] + draw.normal(size=8) / 4
    make.vectors(space, meant)
    canned.split(space, train=rows, probes=probes)

    found = nearness.fit(space)

    assert isinstance(found, Threshold)
    answers = np.stack([meant[row.answer] / np.linalg.norm(meant[row.answer]) for row in rows])
    apart = (answers @ answers.T)[np.triu_indices(30, 1)]
    assert np.mean(apart > found.cosine) == pytest.approx(0.01, abs=0.005)
    assert (found.others, found.wordings) == (435, 30)
    assert found.accepted > 0.7


def test_without_enough_answers_a_fitted_cosine_scores_nothing(space: Workspace) -> None:
    case = Case("m", "Who?", Expectation(like="Only you.", min_cosine="fitted"))
    [verdict] = suite_run.judge(
        [case], [said("You.")], Means(lambda one, other: 1.0, nearness.fit(space))
    )

    assert verdict.outcome == "unscored"
    assert "too few to fit" in verdict.reasons[0]


def test_a_rubric_is_for_the_judge_and_without_one_scores_nothing(space: Workspace) -> None:
    polite = Expectation(rubric="Is polite.", must_not=("no",))
    cases = [Case("a", "May I?", polite), Case("b", "Really?", polite), Case("c", "So?", polite)]
    told = [said("Gladly."), said("Get lost."), said("No.")]

    def rule(texts: dict[str, str]) -> str:
        verdict = "pass" if "Gladly" in texts["answer"] else "fail"
        return json.dumps({"criteria": {"criterion": {"verdict": verdict, "reason": "rude"}}})

    with judges.judging(rule) as server, ledger.opened(space.ledger) as book:
        settings = JudgeSettings(base_url=server.url, model="j", max_retries=0)
        means = Means(lambda one, other: 1.0, judge=Judge(settings, book))
        judged = list(suite_run.judge(cases, told, means))
        asked = len(server.bodies)

    assert [each.outcome for each in judged] == ["pass", "fail", "fail"]
    assert judged[1].reasons == ("criterion: rude",)
    assert asked == 2  # What a rule has failed is not sent.
    unjudged = list(suite_run.judge(cases, told, Means(lambda one, other: 1.0)))
    assert [each.outcome for each in unjudged] == ["unscored", "unscored", "fail"]
    assert "[evaluate.judge]" in unjudged[0].reasons[0]


def test_what_is_locked_stays_out_of_the_starter() -> None:
    locked = make.passage("How long?", "They stay for 30 days.", side="test")

    assert "How long?" not in suites.starter([locked], {})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "missing required field `case`"),
        ("case = []", "holds no case"),
        ('[[case]]\nname = "a"\nask = "?"\n', "nothing is expected"),
        ('[[case]]\nname = "a"\nask = " "\nexpect = {exact = "b"}\n', "a question is empty"),
        ('[[case]]\nname = "a"\nask = "b"\nexpect = {regex = "("}\n', "no regular expression"),
        ('[[case]]\nname = "a"\nask = "b"\nexpect = {min_chrf = 9.0}\n', "`like`"),
        (
            '[[case]]\nname = "a"\nask = "b"\nexpect = {contain = ["x"]}\n',
            "unknown field `contain`",
        ),
        ('[[case]]\nname = "a"\nask = "b"\nexpect = {refusal = true}\n', "always refuses"),
        ("[[case]\n", "Expected ']]'"),
    ],
)
def test_a_suite_that_cannot_be_used_says_why(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text)

    with pytest.raises(BadInputError) as refused:
        suites.load(path)

    assert str(path) in str(refused.value)
    assert problem in str(refused.value)


def test_cases_may_stand_one_a_line(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text('{"name": "a", "ask": "How?", "expect": {"same": "So."}}\n{"name"')

    with pytest.raises(BadInputError, match=r"lines\.jsonl:2"):
        suites.load(path)


def test_without_a_suite_the_error_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="`evaluate suite init`"):
        suites.load_all(make.space(tmp_path))
