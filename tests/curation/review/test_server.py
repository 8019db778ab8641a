"""Push, pull and adjudication against Argilla's real server."""

import http.server
import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from curation.review import journal
from curation.review.journal import Asked, Opinion
from data import store
from data.records import Drop, Example
from data.workspace import Workspace
from tests import fork, make
from tests.annotators import Annotator
from tests.benchmarks import annotators
from tests.curation.review.desk import answer, dataset_id, reviewed, typed
from tests.served import Served


def test_two_annotators_disagree_and_the_adjudicators_word_reaches_the_split(
    server: Served, shop: Workspace
) -> None:
    assert "4 sent, 4 wait" in typed("curate review push", shop)
    assert "0 sent, 4 wait" in typed("curate review push", shop)
    right = "Open Settings, then Security, and press Reset password."
    answer(server, "ann", "examples", shop, How=f"fix:{right}", Where="reject")
    answer(server, "bob", "examples", shop, How="reject", Where="reject")

    first = typed("curate review pull", shop)

    assert "8 responses are new or changed" in first
    assert "kept 1, dropped 3: undecided 2, rejected 1" in first
    assert "next: curate review push" in first

    assert "adjudication: 2 sent" in typed("curate review push", shop)
    ann = Annotator.sign_in(server.url, "ann", server.password)
    adjudication = dataset_id(server, "examples-adjudication", shop)
    assert adjudication not in ann.datasets().values()
    eve = Annotator.sign_in(server.url, "eve", server.password)
    [dispute, _] = sorted(eve.pending(adjudication), key=lambda each: "reset" not in str(each))
    assert "Opinion 1" in dispute["fields"]["opinions"]
    assert "ann" not in dispute["fields"]["opinions"]
    answer(server, "eve", "examples-adjudication", shop, How=f"fix:{right}")

    typed("curate review pull", shop)
    typed("curate split", shop)

    settled = next(row for row in reviewed(shop) if "reset" in row.question)
    assert settled.answer == right
    assert [each.role for each in settled.reviews] == ["annotator", "annotator", "adjudicator"]
    learnt = store.read(shop.split / "train.jsonl", Example)
    assert right in {row.answer for row in learnt}
    card = (shop.split / "dataset" / "README.md").read_text()
    assert "adjudicators: 2" in card
    drops = list(store.read(store.drops_path(shop.reviewed), Drop))
    assert {drop.reason for drop in drops} == {"rejected"}
    assert "verdict" in typed("curate review agreement", shop)


def test_nothing_is_lost_while_six_annotate_and_push_and_pull_run(
    server: Served, tmp_path: Path
) -> None:
    space = annotators.workspace(tmp_path / "crowd", server, rows=200, name="crowd-test")

    crowd = annotators.work(space, server, annotators.NAMES, seconds=3)

    assert crowd.errors == []
    assert len(crowd.acknowledged) > 10
    assert annotators.missing(space, crowd) == []


def test_a_pull_that_is_killed_anywhere_is_repeated_to_the_same_end(
    server: Served, shop: Workspace
) -> None:
    typed("curate review push", shop)
    answer(server, "ann", "examples", shop)
    answer(server, "bob", "examples", shop, Where="reject")

    for rename in (1, 2, 4):
        killed = fork.start(die_at_rename, rename, shop.root)
        assert fork.ended(killed) == -signal.SIGKILL
    typed("curate review pull", shop)

    opinions = journal.read(journal.opinions_path(shop), Opinion)
    assert sorted((each.annotator, each.subject) for each in opinions) == sorted(
        (name, each.subject)
        for name in ("ann", "bob")
        for each in journal.read(journal.asked_path(shop), Asked)
    )
    assert len(reviewed(shop)) == 3


def die_at_rename(number: int, folder: Path) -> None:
    """Pull, and die just before this one of the files would appear."""
    left = number

    def kill(event: str, _: object) -> None:
        nonlocal left
        if event == "os.rename":
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(kill)
    make.run("curate review pull", cwd=folder)


def refused(command: str, space: Workspace) -> str:
    """What a command says that must not succeed; in one sentence or two, without a traceback."""
    ran = make.run(command, cwd=space.root)
    assert ran.code == 2, ran.output
    assert "Traceback" not in ran.output
    return ran.output


def elsewhere(space: Workspace, url: str) -> Workspace:
    path = space.root / "gristmill.toml"
    text = path.read_text().replace(space.settings.review.url, url)
    path.write_text(text)
    return space


def test_what_is_wrong_with_the_server_is_said(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARGILLA_API_KEY", "wrong")
    assert "does not know the key" in refused("curate review pull", shop)

    assert "cannot be reached" in refused(
        "curate review push", elsewhere(shop, "http://127.0.0.1:9")
    )


@pytest.mark.parametrize(
    ("body", "said"), [(b'{"version": "1.29.0"}', "runs Argilla 1.29.0"), (b"hello", "no Argilla")]
)
def test_another_server_or_an_old_one_is_refused(
    tmp_path: Path, body: bytes, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Old(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    monkeypatch.setenv("ARGILLA_API_KEY", "key")
    with http.server.HTTPServer(("127.0.0.1", 0), Old) as old:
        threading.Thread(target=old.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{old.server_port}"
        space = make.space(tmp_path / "shop", f'[review]\nurl = "{url}"\n')
        make.stage_file(space.unique, [make.example()], root=space.root)

        assert said in refused("curate review pull", space)
        old.shutdown()


def test_people_whom_the_server_does_not_know_are_named_before_anything_is_made(
    shop: Workspace,
) -> None:
    path = shop.root / "gristmill.toml"
    path.write_text(path.read_text().replace('"bob"', '"nobody"'))

    assert "Nobody named nobody" in refused("curate review push", shop)
    assert not journal.asked_path(shop).exists()


def test_a_dataset_that_is_not_ours_or_was_edited_is_left_alone(
    server: Served, shop: Workspace
) -> None:
    place = server.send("POST", "/workspaces", {"name": shop.settings.review.workspace}).json()
    made = server.send(
        "POST", "/datasets", {"name": "examples", "workspace_id": place["id"]}
    ).json()
    at = f"/datasets/{made['id']}"
    text = {"type": "text", "use_markdown": False}
    for part in ("fields", "questions"):
        body = {"name": "theirs", "title": "Theirs", "required": True, "settings": text}
        assert server.send("POST", f"{at}/{part}", body).status_code == 201
    assert server.send("PUT", f"{at}/publish").status_code == 200

    for command in ("curate review push", "curate review pull"):
        said = refused(command, shop)
        assert "no question verdict" in said
        assert "somebody else's, or was edited" in said
    assert server.send("GET", at).status_code == 200


def test_records_and_datasets_that_were_deleted_there_come_back_and_opinions_stay(
    server: Served, shop: Workspace
) -> None:
    typed("curate review push", shop)
    answer(server, "ann", "examples", shop)
    typed("curate review pull", shop)
    key = dataset_id(server, "examples", shop)
    records = server.send("GET", f"/datasets/{key}/records?limit=2").json()["items"]
    ids = ",".join(each["id"] for each in records)

    assert server.send("DELETE", f"/datasets/{key}/records?ids={ids}").status_code == 204

    assert "2 records that people were to be asked about are not at" in refused(
        "curate review pull", shop
    )
    assert len(journal.read(journal.opinions_path(shop), Opinion)) == 4
    assert "2 sent, 4 wait" in typed("curate review push", shop)
    answer(server, "bob", "examples", shop)
    typed("curate review pull", shop)
    assert len(reviewed(shop)) == 4

    server.send("DELETE", f"/datasets/{key}")
    assert "any more: it was deleted" in refused("curate review pull", shop)
    assert len(reviewed(shop)) == 4


def test_what_is_forgotten_is_deleted_at_a_teams_server(server: Served, shop: Workspace) -> None:
    typed("curate review push", shop)
    key = dataset_id(server, "examples", shop)

    said = typed("curate forget --source faq.md", shop)

    assert "label server: 4 records deleted" in said
    assert server.send("GET", f"/datasets/{key}/records").json()["total"] == 0


def test_another_dataset_under_the_same_name_is_not_taken_for_ours(
    server: Served, shop: Workspace
) -> None:
    typed("curate review push", shop)
    where = shop.work / "review" / "queues.json"
    key = dataset_id(server, "examples", shop)
    where.write_text(where.read_text().replace(key, key[::-1]))

    assert "is not the one that this workspace filled" in refused("curate review pull", shop)
    assert "is not the one that this workspace filled" in refused("curate review push", shop)
