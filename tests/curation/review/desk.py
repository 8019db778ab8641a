"""A small workspace whose examples are all to be asked about, and people who answer."""

from pathlib import Path

from data import store
from data.records import Example
from data.workspace import Workspace
from tests import make
from tests.annotators import Annotator
from tests.served import Served

PAIRS = {
    "How do I reset my password?": "Open Settings, choose Security and press Reset.",
    "How long are backups kept?": "Backups are kept for thirty days, then deleted.",
    "Where is my invoice?": "Every invoice lies under Billing, as a PDF.",
    "Can I move to another region?": "Write to support; moving a region takes a night.",
}


def workspace(folder: Path, server: Served, name: str) -> Workspace:
    """Four examples to be asked about, in a place of its own at the server."""
    for each in ("ann", "bob", "eve"):
        server.user(each)
    space = make.space(
        folder,
        f'[dedup]\nembedder = "none"\n[review]\nurl = "{server.url}"\nworkspace = "{name}"\n'
        'annotators = ["ann", "bob"]\nadjudicators = ["eve"]\nmin_submitted = 2\naudit = 1.0\n'
        "gold = 0.0\n",
    )
    families = [make.passage(*pair) for pair in PAIRS.items()]
    make.stage_file(space.passages, families, root=space.root)
    rows = [
        make.example(question, answer, family=passage.id)
        for (question, answer), passage in zip(PAIRS.items(), families, strict=True)
    ]
    make.stage_file(space.unique, rows, root=space.root)
    return space


def typed(command: str, space: Workspace) -> str:
    """What a command prints; it has to succeed."""
    ran = make.run(command, cwd=space.root)
    assert ran.code == 0, ran.output
    return ran.output


def answer(server: Served, name: str, dataset: str, space: Workspace, **verdicts: str) -> None:
    """One annotator answers all that waits: by the first word of the question, else keep."""
    person = Annotator.sign_in(server.url, name, server.password)
    for record in list(person.pending(dataset_id(server, dataset, space), limit=100)):
        verdict = verdicts.get(record["fields"]["question"].split()[0], "keep")
        values = {"verdict": verdict.split(":")[0]}
        if verdict.startswith("fix:"):
            values["corrected"] = verdict.removeprefix("fix:")
        person.answer(record, values)


def dataset_id(server: Served, name: str, space: Workspace) -> str:
    places = {
        each["id"]: each["name"] for each in server.send("GET", "/me/workspaces").json()["items"]
    }
    [found] = [
        str(each["id"])
        for each in server.send("GET", "/me/datasets").json()["items"]
        if each["name"] == name
        and places[each["workspace_id"]].startswith(space.settings.review.workspace)
    ]
    return found


def reviewed(space: Workspace) -> list[Example]:
    return list(store.read(space.reviewed, Example))
