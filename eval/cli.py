"""The `evaluate` command: ask the models, then read what they got wrong."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data import store, terminal, workspace
from data.errors import BadInputError
from data.workspace import Workspace
from eval.coding.cli import app as code
from eval.humans.cli import app as humans
from train.options import RunName, run_folder

if TYPE_CHECKING:
    from data.records import Ticket
    from eval.judge.asking import Judge
    from eval.judge.plan import Plan

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Ask the base and the tuned model the same questions, and report what went wrong.",
)

suite_app = typer.Typer(no_args_is_help=True, help="Cases that a model must pass.")
app.add_typer(suite_app, name="suite")
app.add_typer(humans, name="humans")
app.add_typer(code, name="code")


@app.command()
def run(name: RunName = None) -> None:
    """Ask all arms every held-out question and check their answers.

    Arms are the tuned model, its base, and the base with instructions, with
    examples, and with passages that are looked up; others under [evaluate].

    Three sets of questions: facts that were taught, in wordings withheld
    from training; facts of sources never trained on; and some training
    questions, to see what was memorised. Writes answers.jsonl and
    findings.jsonl into the run's folder.

    Example: evaluate run
    """
    from eval import evaluation, models, paid, report, table, verdict

    space = workspace.find()
    with workspace.locked(space, "evaluate run"):
        folder = run_folder(space, name)
        answers = evaluation.answer(space, folder, models.opener(space, folder))
        findings = evaluation.check(space, folder)
        measured = paid.measure(space, folder)
    terminal.say_counts(answers, "answers")
    for warning in evaluation.template_warnings(answers):
        terminal.warn(warning)
    terminal.say(f"findings: {findings.kept}, those in expected answers included")
    found = report.gather(space, folder)
    terminal.show(table.scores(found))
    terminal.show(table.findings(found))
    if declined := table.refusals(found):
        terminal.show(declined)
    terminal.say(verdict.sentence(found.sets))
    for contrast in found.sets[0].contrasts[:1]:
        terminal.say(verdict.proof(contrast))
    _say_measured(measured)
    commands = [f"evaluate report {folder.name}"]
    if space.settings.evaluate.judge.base_url:
        commands.append(f"evaluate judge {folder.name}")
    terminal.say_next(*commands)


@app.command()
def report(
    name: RunName = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Where to write the page. reports/RUN.html if left out.",
            show_default=False,
        ),
    ] = None,
    max_mb: Annotated[
        float | None,
        typer.Option(
            help="Shorten texts until the page has at most so many megabytes, answers that both "
            "models gave rightly first. The page says how many. Nothing is shortened if left out.",
            show_default=False,
            min=0.01,
        ),
    ] = None,
) -> None:
    """Write the error report: one HTML file that opens without server or network.

    It holds the verdict, the scores with their intervals, what training
    fixed and broke, the findings, the story of the data, and every answer
    beside the expected one.

    Example: evaluate report -o first-round.html
    """
    from data import tickets as kept_tickets
    from eval import report as page
    from eval import tickets, verdict
    from eval.judge import judging

    space = workspace.find()
    folder = run_folder(space, name)
    path = output or space.reports / f"{folder.name}.html"
    found = tickets.told(space, page.gather(space, folder))
    if judging.path_of(folder).exists() and found.judged is None:
        terminal.warn(
            f"What was judged is not what {folder.name} answered last, so the report leaves it out; "
            f"`evaluate judge {folder.name}` judges these answers."
        )
    limit = None if max_mb is None else int(max_mb * page.MB)
    store.write_bytes(path, page.render(found, limit))
    terminal.say(f"report: {space.shown(path)} (open it in a browser)")
    if kept_tickets.read(space) != list(found.tickets):
        with workspace.locked(space, "evaluate report"):
            kept_tickets.write(space, found.tickets)
    if found.open_tickets:
        wanted = sum(each.wanted for each in found.open_tickets)
        terminal.say(
            f"tickets: {len(found.open_tickets)} open, {wanted} wordings wanted; "
            f"{space.shown(space.tickets)}"
        )
        for each in found.open_tickets:
            terminal.say(verdict.order(each))
        for each in found.tickets:
            if each.placebo and each.state == "open":
                terminal.say(
                    f"placebo {each.id}: {each.wanted} wordings about facts drawn by lot, with "
                    "`synth run --tickets --placebo`"
                )
    terminal.say_next(page.next_command(found))


@app.command()
def judge(
    name: RunName = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            help="JSON Lines of what people say: `example`, `verdict` pass or fail, and `arm` if it "
            "is not `tuned`; or labels `pass` and `fail` as the report exports them. Kept with the "
            "run.",
            show_default=False,
        ),
    ] = None,
    *,
    preview: Annotated[
        bool,
        typer.Option(
            "--preview",
            help="Show how many requests it takes and the first of them; send nothing.",
        ),
    ] = False,
) -> None:
    """Have a model grade the answers, and measure how far that judge can be trusted.

    [evaluate.judge] names the model. It grades the tuned model and the strongest
    other arm by a rubric, and compares the two in both orders. Replies are kept
    in work/ledger.sqlite, so what was stopped goes on at no cost. Writes
    judgements.jsonl into the run's folder.

    Example: evaluate judge --labels coded.jsonl
    """
    from data import ledger
    from eval import report, table
    from eval.judge import judging, plan
    from eval.judge import labels as people
    from eval.judge import wording as judge_wording
    from eval.judge.asking import Judge

    space = workspace.find()
    with workspace.locked(space, "evaluate judge"), ledger.opened(space.ledger) as book:
        folder = run_folder(space, name)
        asked = Judge(space.settings.evaluate.judge, book)
        if labels is not None:
            taken = people.take(labels, folder)
            terminal.say(f"labels: {taken} answers; {space.shown(people.path_of(folder))}")
        planned = plan.of_run(space, folder)
        if preview:
            _preview_judge(space, planned, asked)
            return
        judgements = judging.judge(space, folder, planned, asked, book)
    terminal.say_counts(judgements, "judgements")
    found = report.gather(space, folder)
    if found.judged is not None:
        terminal.show(table.judged(found.judged))
        for line in judge_wording.summary(found.judged):
            terminal.say(line)
    terminal.say_next(f"evaluate report {folder.name}")


@app.command()
def compare(
    before: Annotated[str, typer.Argument(metavar="RUN", help="The earlier run.")],
    after: Annotated[str, typer.Argument(metavar="RUN", help="The later run.")],
    metric: Annotated[
        str, typer.Option(help="`exact` compares right answers, `chrf` how like they are.")
    ] = "exact",
    fail_if: Annotated[
        str,
        typer.Option(
            help="`regressed` or `not-improved`: exit with 1 if that is the verdict on the first "
            "set of questions, for scripts and CI.",
            show_default=False,
        ),
    ] = "",
) -> None:
    """Hold the tuned model of one run against that of another, on the same questions.

    IMPROVED or REGRESSED is said only of what chance does not explain; else
    NOT PROVEN, and how many questions it would take.

    Example: evaluate compare run-1 run-2 --fail-if regressed
    """
    from eval import across, contrast, table, verdict

    space = workspace.find()
    then, now = (run_folder(space, name) for name in (before, after))
    found = across.compare(space, then, now, contrast.named(metric))
    terminal.show(table.contrasts(found))
    terminal.say(verdict.proof(found[0].contrast))
    if fail_if and across.fails(found, fail_if):
        raise typer.Exit(1)


@app.command()
def final(name: RunName = None) -> None:
    """Look at the locked test, once a run is chosen; every look is counted.

    Only scores are kept, no question and no answer, and each look goes into
    work/looks.jsonl: what is changed after a look is fitted to it.

    Example: evaluate final run-3
    """
    from eval import locked, models, table, verdict

    space = workspace.find()
    with workspace.locked(space, "evaluate final"):
        folder = run_folder(space, name)
        score = locked.look(space, folder, models.opener(space, folder))
    terminal.show(table.of_sets([score]))
    for contrast in score.contrasts[:1]:
        terminal.say(verdict.proof(contrast))
    looks = locked.looks(space)
    terminal.say(f"looks at this test: {len(looks)} ({', '.join(look.run for look in looks)})")
    if len(looks) > 1:
        terminal.warn(
            "It is no longer unseen: of several looks the best one flatters. Judge by the first, "
            "or ingest new sources for a new test."
        )


@app.command()
def forgetting(name: RunName = None) -> None:
    """Compare base and tuned model on what training was not about.

    Both read a neutral text that comes along, which takes seconds on a small
    model. Where [evaluate.benchmarks] names files of ARC, HellaSwag, MMLU or
    TruthfulQA, both answer those too, through lm-eval (extra `bench`) and
    without any network. Writes forgetting.jsonl into the run's folder.

    Example: evaluate forgetting
    """
    from eval import benchmarks, evaluation, harness, models, paid, panel, panel_words, table
    from eval import forgetting as recall

    space = workspace.find()
    chosen = benchmarks.named(space)
    if chosen:
        harness.prepare()
    with workspace.locked(space, "evaluate forgetting"):
        folder = run_folder(space, name)
        asked = recall.measure(space, folder, models.reader(space, folder))
        answered = evaluation.answers_path(folder).exists()
        measured = paid.measure(space, folder) if answered else []
    terminal.say_counts(asked, "texts and questions")
    if found := panel.read(space, folder):
        terminal.show(table.forgetting(found))
        for sentence in panel_words.verdict(found):
            terminal.say(sentence)
    if not chosen:
        terminal.say(
            "No file of a benchmark is named under [evaluate.benchmarks]; docs/evaluate.md says "
            "which to fetch."
        )
    _say_measured(measured)
    terminal.say_next(f"evaluate {'report' if answered else 'run'} {folder.name}")


@suite_app.command("init")
def suite_init() -> None:
    """Write a first suite from the FAQ: its facts in several wordings, and what has no answer.

    Every other kind of case stands at its end, to be filled in. Writes
    suites/faq.toml; one that is there already is never overwritten.

    Example: evaluate suite init
    """
    from data.records import Example, Passage
    from eval import suites

    space = workspace.find()
    path = suites.folder(space) / f"{suites.STARTER}.toml"
    if path.exists():
        raise BadInputError(f"{space.shown(path)} is there already; edit it, or move it away.")
    passages = list(store.read_stage(space.passages, Passage, made_by="curate ingest"))
    made = store.read_there(space.synthetic, Example)
    text = suites.starter(passages, suites.other_wordings(made))
    store.write_bytes(path, text.encode())
    terminal.say(f"suite: {space.shown(path)}, {len(suites.load(path).case)} cases")
    terminal.say_next("evaluate suite run")


@suite_app.command("run")
def suite_run(
    name: RunName = None,
    fail_under: Annotated[
        float,
        typer.Option(
            help="Exit with 1 if the tuned model passes a smaller share of all scored cases.",
            min=0,
            max=1,
        ),
    ] = 0.0,
) -> None:
    """Ask all arms the cases of every suite, and say which fail and why.

    Writes suites.jsonl into the run's folder.

    Example: evaluate suite run --fail-under 0.9
    """
    from eval import models, nearness, suite_run, table
    from eval.arms import TUNED

    space = workspace.find()
    with workspace.locked(space, "evaluate suite run"):
        folder = run_folder(space, name)
        asked = suite_run.ask(space, folder, models.opener(space, folder))
    terminal.show(table.suites(suite_run.counts(folder)))
    for outcome in ("fail", "unscored"):
        for result in suite_run.of_outcome(folder, TUNED, outcome):
            why = "; ".join(result.reasons)
            terminal.say(f"{result.suite}/{result.case}, {outcome}: {why}")
    if (fitted := suite_run.fitted(asked)) is not None:
        terminal.say(nearness.told(fitted))
    if suite_run.share_passed(folder, TUNED) < fail_under:
        raise typer.Exit(1)


def _preview_judge(space: Workspace, planned: "Plan", asked: "Judge") -> None:
    settings = space.settings.evaluate.judge
    for message in planned.prompts[0].messages if planned.prompts else ():
        terminal.say(f"[{message.role}]\n{message.content}\n")
    terminal.say(
        f"{len(planned.prompts)} requests to {settings.model} at {settings.base_url}, of which "
        f"{asked.unpaid(planned.prompts)} would be sent now; a reply that cannot be read is asked "
        "for once more. The first one stands above."
    )
    terminal.say_next(f"evaluate judge {planned.run}")


def _say_measured(tickets: "Sequence[Ticket]") -> None:
    from eval import verdict

    for ticket in tickets:
        kind, state = ("placebo", "") if ticket.placebo else ("ticket", f"{ticket.state}, ")
        told = f"{kind} {ticket.id} ({ticket.slice}): {state}{verdict.gain(ticket)}"
        terminal.say(told + (f"; {more}" if (more := verdict.beyond(ticket)) else ""))


def main() -> None:
    terminal.run(app)
