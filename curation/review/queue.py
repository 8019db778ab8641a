"""The queues of records in an Argilla server: the one door to the `argilla` SDK.

An example's id is its record's id there, so sending twice changes nothing and every opinion finds
its way back. Responses are read from the server's own lists and not through its search, which may
lag behind.
"""

import io
import logging
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, redirect_stderr
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from curation.review import form
from curation.review.form import Queue
from curation.review.journal import Opinion
from curation.review.page import Page
from curation.review.server import login as own
from data.errors import BadInputError, GristmillError
from data.records import Record
from data.settings import ReviewSettings
from data.workspace import Workspace

if TYPE_CHECKING:
    import argilla

OLDEST = (2, 8)
"""Of Argilla; older ones count opinions in another way."""

AT_ONCE = 200
"""Records of one request: small enough for SQLite's limit on variables."""

DELETED_AT_ONCE = 100
"""The server takes no more ids in one request."""

PUSH: dict[Queue, str] = {
    "examples": "curate review push",
    "pairs": "curate review push",
    "adjudication": "curate review push",
    "comparisons": "evaluate humans push",
}
"""The command that fills each queue."""

READINGS = 3
"""Of the whole list, at most: a record that is deleted meanwhile moves others between pages."""


class Place(Record, frozen=True):
    """Where a queue lies."""

    dataset: str
    """The server's id of the dataset: another one under the same name is not ours."""
    address: str
    activity: str = ""
    """When anybody last answered there, as of the last fetch that came to its end."""
    records: int = 0
    """How many records it held then."""


@dataclass(frozen=True)
class Fetched:
    """What a queue holds."""

    opinions: Sequence[Opinion]
    subjects: frozenset[str]
    records: frozenset[str]
    """The server's own ids."""
    place: Place


def home(queue: Queue, settings: ReviewSettings) -> tuple[str, str]:
    """The names of the workspace and of the dataset of a queue."""
    if queue == "examples":
        return settings.workspace, settings.dataset
    if queue in ("pairs", "comparisons"):
        return settings.workspace, f"{settings.dataset}-{queue}"
    # A workspace of its own, because whoever is in a workspace sees all of its datasets.
    return f"{settings.workspace}-adjudication", f"{settings.dataset}-adjudication"


@contextmanager
def signed_in(space: Workspace) -> Iterator["Server"]:
    """A server that lets us in; what goes wrong on the way is said in one sentence."""
    login = own.login(space)
    url, key = login.url, login.api_key
    logging.getLogger("argilla.sdk").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="argilla")  # What it misses, we say ourselves.
    import argilla
    import httpx
    from argilla._exceptions import ArgillaError

    try:
        _refuse_other_versions(url)
        _refuse_wrong_key(url, key)  # The SDK would leave its connection open.
        client = argilla.Argilla(api_url=url, api_key=key, retries=2)
        with closing(client.http_client):
            yield Server(client, url, space.settings.review)
    except httpx.HTTPError as error:
        raise GristmillError(
            f"{url} cannot be reached ({error}). Is it running? What was fetched before is kept."
        ) from error
    except ArgillaError as error:
        raise GristmillError(f"{url} refused: {_first_line(error)}") from error


class Server:
    """An open connection to Argilla."""

    def __init__(self, client: "argilla.Argilla", url: str, settings: ReviewSettings) -> None:
        self._client = client
        self.url = url
        self._settings = settings

    def refuse_unknown(self, names: Iterable[str]) -> None:
        """People must be known at the server before they can be let in."""
        known = set(self._names().values())
        missing = sorted(set(names) - known)
        if missing:
            raise BadInputError(
                f"Nobody named {', '.join(missing)} at {self.url}; make the user there, "
                "or correct `annotators` and `adjudicators` under [review]."
            )

    def open(self, queue: Queue, before: Place | None, *, people: Sequence[str]) -> Place:
        """The place of a queue, made where it is missing; people are let in."""
        import argilla

        workspace, _ = home(queue, self._settings)
        there = self._client.workspaces(workspace)
        if there is None:
            there = argilla.Workspace(name=workspace, client=self._client).create()
        inside = {str(user.username) for user in there.users}
        for name in people:
            if name not in inside:
                there.add_user(name)
        dataset = self._dataset(queue, before)
        if dataset is None:
            dataset = self._create(queue)
        return self._place(dataset)

    def find(self, queue: Queue, before: Place | None) -> Place | None:
        """The place of a queue; None where it was never made."""
        dataset = self._dataset(queue, before)
        if dataset is None and before is not None:
            workspace, name = home(queue, self._settings)
            raise BadInputError(
                f"{self.url} has no dataset {name} in workspace {workspace} any more: it "
                "was deleted, or `url` names another server. What was fetched before is kept; "
                f"`{PUSH[queue]}` makes it again."
            )
        return None if dataset is None else self._place(dataset)

    def subjects(self, place: Place) -> frozenset[str]:
        """Which records the queue holds."""
        return frozenset(str(each["external_id"]) for each in self._records(place, include=""))

    def send(self, queue: Queue, pages: Sequence[Page]) -> None:
        """Add records, or bring them up to date; responses that are there stay."""
        workspace, name = home(queue, self._settings)
        dataset = self._client.datasets(name, workspace=workspace)
        for start in range(0, len(pages), AT_ONCE):
            records = [_record(page) for page in pages[start : start + AT_ONCE]]
            with redirect_stderr(io.StringIO()):  # Its progress bar would draw over ours.
                dataset.records.log(records, batch_size=len(records))

    def forget(self, place: Place, is_gone: Callable[[str], bool]) -> int:
        """Delete the records with a text that is gone; how many there were."""
        client = self._client.http_client
        path = f"/api/v1/datasets/{place.dataset}"
        if client.get(path).status_code == 404:  # Deleted there, or made by another server.
            return 0
        records = self._records(place, include="responses,suggestions")
        gone = [str(each["id"]) for each in records if is_gone("\n".join(strings(each)))]
        for start in range(0, len(gone), DELETED_AT_ONCE):
            ids = ",".join(gone[start : start + DELETED_AT_ONCE])
            client.delete(f"{path}/records", params={"ids": ids}).raise_for_status()
        return len(gone)

    def fetch(self, queue: Queue, place: Place) -> Fetched | None:
        """All responses of a queue; None where nobody answered since the last fetch."""
        # Read before the list: what is answered meanwhile is then fetched by the next pull.
        about = self._get(f"/api/v1/datasets/{place.dataset}")
        progress = self._get(f"/api/v1/datasets/{place.dataset}/progress")
        now = msgspec.structs.replace(
            place, activity=str(about["last_activity_at"]), records=int(str(progress["total"]))
        )
        if place.activity and now == place:
            return None
        questions = self._questions(place)
        names = self._names()
        records = self._records(place, include="responses,suggestions")
        opinions = [
            opinion for record in records for opinion in _opinions(queue, record, names, questions)
        ]
        subjects = frozenset(str(each["external_id"]) for each in records)
        return Fetched(opinions, subjects, frozenset(str(each["id"]) for each in records), now)

    def _dataset(self, queue: Queue, before: Place | None) -> "argilla.Dataset | None":
        """The dataset of a queue, if it is ours and nobody has changed its form."""
        workspace, name = home(queue, self._settings)
        if self._client.workspaces(workspace) is None:
            return None
        dataset = self._client.datasets(name, workspace=workspace)
        if dataset is None:
            return None
        ready = self._get(f"/api/v1/datasets/{dataset.id}")["status"] == "ready"
        _refuse_other_form(queue, dataset, _form(queue, self._settings), ready=ready, url=self.url)
        if before and before.dataset != str(dataset.id):
            raise BadInputError(
                f"The dataset {name} at {self.url} is not the one that this workspace "
                "filled: it was made anew, or `url` names another server. What was fetched before "
                "is kept. Name another dataset by `dataset` under [review], or correct `url`."
            )
        if not ready:  # A push was killed while it made the dataset.
            dataset.delete()
            return None
        return dataset

    def _create(self, queue: Queue) -> "argilla.Dataset":
        import argilla

        workspace, name = home(queue, self._settings)
        return argilla.Dataset(
            name, workspace=workspace, settings=_form(queue, self._settings), client=self._client
        ).create()

    def _place(self, dataset: "argilla.Dataset") -> Place:
        key = str(dataset.id)
        return Place(key, f"{self.url}/dataset/{key}/annotation-mode")

    def _names(self) -> dict[str, str]:
        return {str(user.id): str(user.username) for user in self._client.users}

    def _questions(self, place: Place) -> dict[str, str]:
        """The names of the questions by their ids, by which suggestions know them."""
        listed = self._get(f"/api/v1/datasets/{place.dataset}/questions")["items"]
        assert isinstance(listed, list)
        return {str(each["id"]): str(each["name"]) for each in listed}

    def _records(self, place: Place, *, include: str) -> list[dict[str, object]]:
        """Every record once, though others may be added or deleted while we read."""
        found: dict[str, dict[str, object]] = {}
        for _ in range(READINGS):
            offset, total = 0, 1
            while offset < total:
                parameters = {"offset": str(offset), "limit": str(AT_ONCE)}
                if include:
                    parameters["include"] = include
                page = self._get(f"/api/v1/datasets/{place.dataset}/records", parameters)
                items, total = page["items"], int(str(page["total"]))
                assert isinstance(items, list)
                found |= {str(each["id"]): each for each in items}
                offset += AT_ONCE
            if len(found) >= total:
                break
        return list(found.values())

    def _get(self, path: str, parameters: dict[str, str] | None = None) -> dict[str, object]:
        answer = self._client.http_client.get(path, params=parameters)
        if answer.status_code in (401, 403):
            raise GristmillError(
                f"{self.url} does not let this key read what others answered; "
                "use that of an owner or admin."
            )
        answer.raise_for_status()
        return msgspec.json.decode(answer.content, type=dict[str, object])


def strings(value: object) -> Iterator[str]:
    """All text of a decoded JSON value, one after the other."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from strings(each)
    else:
        yield str(value)


def _refuse_other_versions(url: str) -> None:
    import httpx

    answer = httpx.get(f"{url}/api/v1/version", timeout=30, follow_redirects=True)
    try:
        version = str(answer.json()["version"])
        numbers = tuple(int(part) for part in version.split(".")[:2])
    except (ValueError, KeyError, TypeError) as error:
        raise GristmillError(
            f"{url} is no Argilla server: it does not tell a version (HTTP {answer.status_code})."
        ) from error
    if not OLDEST <= numbers < (3,):
        raise GristmillError(
            f"{url} runs Argilla {version}; this needs {OLDEST[0]}.{OLDEST[1]} or a later 2."
        )


def _refuse_wrong_key(url: str, key: str) -> None:
    import httpx

    answer = httpx.get(f"{url}/api/v1/me", headers={"X-Argilla-Api-Key": key}, timeout=30)
    if answer.status_code == 401:
        raise GristmillError(
            f"{url} does not know the key that `api_key_env` under [review] names; "
            "it is shown there under My settings."
        )


def _refuse_other_form(
    queue: Queue, dataset: "argilla.Dataset", form: "argilla.Settings", *, ready: bool, url: str
) -> None:
    """Say what is missing, where a dataset is not ours or was edited by hand."""
    wanted, there = _parts(form), _parts(dataset.settings)
    if there <= wanted and not ready:
        return  # A draft of ours.
    missing = sorted(wanted - there)
    if missing:
        raise BadInputError(
            f"The dataset {dataset.name} at {url} is not as `{PUSH[queue]}` makes it: it has "
            f"no {', no '.join(missing)}. It is somebody else's, or was edited there. "
            "Nothing was changed; name another one by `dataset` under [review]."
        )


def _parts(form: "argilla.Settings") -> set[str]:
    questions = {f"question {each.name}" for each in form.questions}
    return questions | {f"field {each.name}" for each in form.fields}


def _form(queue: Queue, settings: ReviewSettings) -> "argilla.Settings":
    import argilla

    wanted = {
        "examples": settings.min_submitted,
        "pairs": settings.min_submitted_pairs,
        "adjudication": settings.min_submitted_adjudication,
        "comparisons": settings.min_submitted_pairs,
    }
    asked = {"pairs": _pair_questions, "comparisons": _comparison_questions}
    return argilla.Settings(
        guidelines=form.GUIDELINES[queue].strip(),
        fields=_fields(queue),
        questions=asked.get(queue, _questions)(),
        metadata=_metadata(queue),
        distribution=argilla.TaskDistribution(min_submitted=wanted[queue]),
    )


def _metadata(queue: Queue) -> list[object]:
    import argilla

    if queue == "comparisons":  # Whatever told why a record was chosen would tell who is who.
        return []
    terms = ["chosen_for"] if queue == "pairs" else ["chosen_for", "source_file", "teacher"]
    return [
        argilla.IntegerMetadataProperty("urgency", title="Urgency"),
        *(argilla.TermsMetadataProperty(name) for name in terms),
    ]


def _fields(queue: Queue) -> list[object]:
    import argilla

    shown = {"question": "Question", "answer": "Answer", "source": "Made from"}
    if queue in ("pairs", "comparisons"):
        shown = {"question": "Question", "answer_a": "Answer A", "answer_b": "Answer B"}
    if queue == "adjudication":
        shown["opinions"] = "What annotators said"
    if queue == "comparisons":
        shown["expected"] = "What the sources say"
    else:
        shown |= {"why": "Why you are asked", "lineage": "Where it comes from"}
    html = ("source", "opinions")
    return [
        argilla.TextField(name, title=title, use_markdown=name in html)
        for name, title in shown.items()
    ]


def _questions() -> list[object]:
    import argilla

    return [
        argilla.LabelQuestion("verdict", labels=form.VERDICTS, title="May a model learn this?"),
        argilla.MultiLabelQuestion("reasons", labels=form.REASONS, title="Why?", required=False),
        argilla.TextQuestion("corrected", title="Corrected answer, whole", required=False),
        argilla.RatingQuestion(
            "quality", values=[1, 2, 3, 4, 5], title="How good is the answer?", required=False
        ),
        argilla.TextQuestion("note", title="Anything else? (a few words)", required=False),
    ]


def _pair_questions() -> list[object]:
    import argilla

    return [
        argilla.RankingQuestion(
            "ranking", values={"a": "Answer A", "b": "Answer B"}, title="Which is better?"
        ),
        argilla.LabelQuestion("usable", labels=form.USABLE, title="Which may a model learn?"),
        argilla.TextQuestion("note", title="Anything else? (a few words)", required=False),
    ]


def _comparison_questions() -> list[object]:
    import argilla

    return [
        argilla.LabelQuestion("better", labels=form.BETTER, title="Which answer is better?"),
        argilla.TextQuestion("note", title="Why? (a few words)", required=False),
    ]


def _record(page: Page) -> "argilla.Record":
    import argilla

    return argilla.Record(
        id=page.subject,
        fields=dict(page.fields),
        metadata=dict(page.metadata),
        suggestions=[
            argilla.Suggestion(each.question, each.value, score=each.score, agent=each.agent)
            for each in page.prefilled
        ],
    )


class _Response(msgspec.Struct):
    """Of a response at the server, what is asked for here."""

    id: str
    status: str
    user_id: str
    inserted_at: str
    updated_at: str
    values: dict[str, dict[str, object]] | None = None


class _Suggestion(msgspec.Struct):
    question_id: str
    value: object = None


def _opinions(
    queue: Queue, record: dict[str, object], names: dict[str, str], questions: dict[str, str]
) -> Iterator[Opinion]:
    suggested = {
        questions.get(each.question_id, ""): each.value
        for each in msgspec.convert(record.get("suggestions") or [], list[_Suggestion])
    }
    for said in msgspec.convert(record.get("responses") or [], list[_Response]):
        values = {name: told.get("value") for name, told in (said.values or {}).items()}
        yield msgspec.convert(
            {
                "id": said.id,
                "queue": queue,
                "subject": str(record["external_id"]),
                "record": str(record["id"]),
                "annotator": names.get(said.user_id, said.user_id),
                "status": said.status,
                "begun": said.inserted_at,
                "at": said.updated_at,
                "values": values,
                "untouched": tuple(
                    sorted(name for name, value in suggested.items() if values.get(name) == value)
                ),
            },
            Opinion,
        )


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__
