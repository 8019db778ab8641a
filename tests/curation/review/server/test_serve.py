"""`curate review serve`: Argilla's real server, once for all claims of this file."""

import os
import random
import socket
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from curation.review import forgetting
from curation.review.server import accounts, enrolment, environment, process
from curation.review.server.inside import schema
from curation.review.server.login import login
from data.errors import BadInputError, GristmillError
from data.workspace import Workspace
from tests import kills, labels, make, oracle
from tests.test_full_disk import squeezed

pytestmark = pytest.mark.usefixtures("space")


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with labels.serving(tmp_path_factory.mktemp("labels") / "shop") as space:
        yield space


def test_searches_find_what_plain_python_finds(space: Workspace) -> None:
    draw = random.Random(3)
    people = {name: labels.client(space, name) for name in ("owner", "annotator")}
    made = labels.dataset(people["owner"], "oracle")
    known = oracle.fill(made, people, draw, count=60)

    assert oracle.mismatches(made, people["annotator"], known, draw, count=60) == 0


def test_what_is_changed_or_deleted_is_found_as_it_is_now(space: Workspace) -> None:
    owner = labels.client(space)
    made = labels.dataset(owner, "changing")
    first, second = made.log([{"fields": {"text": "old apple"}}, {"fields": {"text": "pear"}}])

    owner.send("PATCH", f"/records/{first}", {"fields": {"text": "new plum"}})
    owner.send("DELETE", f"/datasets/{made.id}/records?ids={second}")

    assert (made.found("apple"), made.found("plum"), made.found("pear")) == ([], [first], [])
    assert made.found("plmu~2") == [first]


def test_similar_records_come_nearest_first_and_without_the_one_asked_for(
    space: Workspace,
) -> None:
    made = labels.dataset(labels.client(space), "similar", dimensions=2)
    angles = {"east": [1, 0], "northeast": [1, 1], "north": [0, 2], "west": [-1, 0]}
    ids = made.log(
        [{"fields": {"text": name}, "vectors": {"meaning": at}} for name, at in angles.items()]
    )

    asked = {"query": {"vector": {"name": "meaning", "record_id": ids[0]}}}
    found = made.search(asked)
    filtered = made.search({"query": {**asked["query"], "text": {"q": "-north"}}})

    assert [each["record"]["fields"]["text"] for each in found["items"]] == [
        "northeast",
        "north",
        "west",
    ]
    assert found["items"][2]["query_score"] == pytest.approx(0.0, abs=1e-6)
    assert len(filtered["items"]) == 2
    assert labels.client(space).get(f"/records/{ids[0]}")["id"] == ids[0]  # 500 upstream


def test_progress_counts_records_and_ones_own_responses(space: Workspace) -> None:
    owner, annotator = labels.client(space), labels.client(space, "annotator")
    made = labels.dataset(owner, "progress")
    one, two, _ = made.log([{"fields": {"text": word}} for word in ("a", "b", "c")])
    said = {"status": "submitted", "values": {"verdict": {"value": "keep"}}}
    annotator.post(f"/records/{one}/responses", said)
    owner.post(f"/records/{two}/responses", said)

    assert owner.get(f"/datasets/{made.id}/progress")["completed"] == 2
    mine = annotator.get(f"/me/datasets/{made.id}/metrics")["responses"]
    assert (mine["total"], mine["submitted"], mine["pending"]) == (3, 1, 2)


def test_a_database_that_was_written_without_the_triggers_is_mended(
    space: Workspace, tmp_path: Path
) -> None:
    made = labels.dataset(labels.client(space), "mended")
    made.log([{"fields": {"text": "known pear"}, "metadata": {"length": 3}}])
    key = made.id.replace("-", "")
    copy = schema.connect(tmp_path / "copy.db")
    with closing(sqlite3.connect(process.folder_of(space) / "argilla.db")) as there:
        there.backup(copy)
    copy.execute("DROP TRIGGER search_after_insert_on_records")
    columns = "metadata, status, dataset_id, inserted_at, updated_at"
    copy.execute(
        f"INSERT INTO records (id, fields, {columns}) "
        f"""SELECT 'another', '{{"text": "hidden plum"}}', {columns} """
        "FROM records WHERE dataset_id = ?",
        (key,),
    )

    schema.prepare(copy)

    table = schema.text_table(key)
    found = f"SELECT count(*) FROM {table} WHERE {table} MATCH ?"
    assert [copy.execute(found, (word,)).fetchone() for word in ("pear", "plum")] == [(1,), (1,)]
    facets = (
        "SELECT count(*) FROM search_facets JOIN search_docs USING (doc) "
        "WHERE value = 3 AND dataset_id = ?"
    )
    assert copy.execute(facets, (key,)).fetchone() == (2,)
    copy.close()


def test_it_survives_kill_9_with_records_and_accounts(space: Workspace) -> None:
    before = labels.client(space)

    assert kills.survived(space, kills=1) == 1

    assert labels.client(space) == before  # The same address and key: sign-ins hold.


def test_a_second_start_finds_the_first(space: Workspace) -> None:
    first = process.find(process.folder_of(space))

    again = process.start(space, None)

    assert again.ran_before
    assert again.server == first
    assert again.new_people == []


def test_push_and_pull_need_no_configuration(space: Workspace) -> None:
    signed = login(space)

    assert labels.Client(signed.url, signed.api_key).get("/me")["role"] == "owner"


def test_what_is_forgotten_leaves_the_database_and_its_log(space: Workspace) -> None:
    made = labels.dataset(labels.client(space), "forgotten")
    gone, stays = made.log(
        [
            {"fields": {"text": 'she said "zwiebelkuchen"'}},
            {"fields": {"text": "who said kohlrabi"}},
        ]
    )

    assert forgetting.forget(space, lambda text: '"zwiebelkuchen"' in text) == 1

    files = process.folder_of(space).glob("argilla.db*")
    left = b"".join(path.read_bytes() for path in files)
    assert b"zwiebelkuchen" not in left
    assert b"kohlrabi" in left
    assert gone.replace("-", "").encode() not in left
    assert (made.found("zwiebelkuchen"), made.found("kohlrabi")) == ([], [stays])


def test_one_more_user_can_sign_in_and_passwords_are_for_the_owner_alone(space: Workspace) -> None:
    person = enrolment.add(space, "maria", "annotator")

    assert labels.client(space, "maria").get("/me")["username"] == "maria"
    kept = process.folder_of(space) / accounts.FILE
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert person.password in kept.read_text()
    with pytest.raises(BadInputError, match="already"):
        enrolment.add(space, "maria", "annotator")
    with pytest.raises(BadInputError, match="No role boss"):
        enrolment.add(space, "otto", "boss")


def test_the_commands_say_what_runs(space: Workspace) -> None:
    said = [
        make.run(f"curate {command}", cwd=space.root)
        for command in ("review serve", "review serve status", "review serve logs --lines 5")
    ]

    assert [each.code for each in said] == [0, 0, 0], said
    assert "runs already at http://127.0.0.1" in said[0].output
    assert "owner (owner)" in said[1].output


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    space = make.space(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(BadInputError, match=f"Port {port} cannot be used"):
            process.start(space, port)

    assert process.find(process.folder_of(space)) is None


def test_damaged_credentials_are_named_and_nothing_starts(tmp_path: Path) -> None:
    space = make.space(tmp_path)
    folder = process.folder_of(space)
    folder.mkdir()
    (folder / accounts.FILE).write_text('{"secret_key": ')

    with pytest.raises(BadInputError, match=r"credentials\.json is damaged"):
        process.start(space, None)

    assert process.find(folder) is None


def test_a_damaged_database_is_named_and_left_alone(tmp_path: Path) -> None:
    space = make.space(tmp_path)
    folder = process.folder_of(space)
    folder.mkdir()
    (folder / "argilla.db").write_bytes(b"no database " * 1000)

    with pytest.raises(GristmillError, match=r"argilla\.db is damaged"):
        process.start(space, None)

    assert (folder / "argilla.db").read_bytes() == b"no database " * 1000


def test_a_full_disk_is_named_and_nobody_misses_the_first_passwords(tmp_path: Path) -> None:
    space = make.space(tmp_path)

    ran = squeezed("curate review serve", tmp_path)

    assert ran.returncode == 2
    assert "disk is full" in ran.stderr
    assert process.find(process.folder_of(space)) is None
    assert len(accounts.show_once(process.folder_of(space))) == 2
    assert accounts.show_once(process.folder_of(space)) == []


def test_no_server_and_another_server_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ARGILLA_API_KEY", raising=False)
    with pytest.raises(BadInputError, match="curate review serve"):
        login(make.space(tmp_path / "own"))
    named = make.space(tmp_path / "named", '[review]\nurl = "http://127.0.0.1:1"\n')
    with pytest.raises(BadInputError, match="ARGILLA_API_KEY is empty"):
        login(named)

    ran = make.run("curate review serve", cwd=named.root)

    assert ran.code == 2
    assert "names the server" in ran.output


def test_without_a_network_the_first_start_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_NO_CACHE_DIR": "1",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_RETRIES": "0",
    }.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(GristmillError, match="package registry cannot be reached"):
        environment.python()

    assert not list((tmp_path / "cache").rglob("complete"))
