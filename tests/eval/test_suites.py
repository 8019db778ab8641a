from pathlib import Path

import pytest

from data import store
from data.errors import BadInputError
from data.workspace import Workspace
from eval import expectations, suite_run, suites
from eval.arms import Reply
from eval.suite_run import CaseResult
from eval.suites import Case, Expectation, Number
from tests import make
from tests.eval import canned

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
    return suite_run.judge(case, replies, lambda one, other: 1.0)


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
    assert [each.case for each in suite_run.failed(run, "base")] == ["trash", "plan", "unknown"]
    results = list(store.read(suite_run.path_of(run), CaseResult))
    assert [len(each.answers) for each in results] == [1, 3, 2, 1] * 2


def test_a_starter_holds_the_hard_facts_of_the_faq(space: Workspace) -> None:
    ran = make.run("evaluate suite init", cwd=space.root)

    assert ran.code == 0, ran.output
    suite = suites.load(space.root / "suites" / "faq.toml")
    assert [case.name for case in suite.case] == ["faq-1", "unanswerable"]
    assert suite.case[0].expect.contains == ("30 days",)
    assert make.run("evaluate suite init", cwd=space.root).code == 2


def test_what_is_locked_stays_out_of_the_starter() -> None:
    locked = make.passage("How long?", "They stay for 30 days.", side="test")

    assert "How long?" not in suites.starter([locked])


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
