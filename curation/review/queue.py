"""The queue of examples in an Argilla server: the one door to the `argilla` SDK.

An example's id is its record's id there, so pushing twice changes nothing and every opinion
finds its way back.
"""

import logging
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from curation.review.server import login
from curation.review.server.login import Login
from data import store
from data.errors import BadInputError, GristmillError
from data.records import Example, Passage, Review
from data.settings import ReviewSettings
from data.workspace import Workspace

if TYPE_CHECKING:
    import argilla

VERDICTS = {
    "keep": "Keep: right as it stands",
    "fix": "Fix: right after my correction below",
    "reject": "Reject: must not be learnt",
    "unsure": "Unsure: I cannot tell",
}

GUIDELINES = """
You decide what a model will learn to say to customers.

* **Keep** an answer that is right, complete and would be sent as it stands.
* **Fix** it when a small change makes it right: write the whole corrected answer.
* **Reject** it when it is wrong, out of date, or answers another question.
* **Unsure** is an honest answer; somebody else will look.

The source below the pair is what it was made from. Believe the source, not the wording.
"""


def push(examples: Sequence[Example], space: Workspace) -> str:
    """Send the examples; return the address of the dataset."""
    settings = space.settings.review
    sources = _sources(space)
    where = login.login(space)
    with _server(where) as client:
        import argilla

        if client.workspaces(settings.workspace) is None:
            argilla.Workspace(name=settings.workspace, client=client).create()
        dataset = client.datasets(settings.dataset, workspace=settings.workspace)
        if dataset is None:
            dataset = argilla.Dataset(
                settings.dataset,
                workspace=settings.workspace,
                settings=_form(settings),
                client=client,
            ).create()
        _refuse_other_form(dataset, settings)
        if examples:
            records = [_record(example, sources.get(example.family, "")) for example in examples]
            dataset.records.log(records)
        return f"{where.url}/dataset/{dataset.id}/annotation-mode"


def pull(space: Workspace) -> dict[str, list[Review]]:
    """What was submitted, by example id; drafts and discarded responses are no opinion."""
    settings = space.settings.review
    where = login.login(space)
    with _server(where) as client:
        place = client.workspaces(settings.workspace)
        dataset = place and client.datasets(settings.dataset, workspace=place)
        if dataset is None:
            raise BadInputError(
                f"{where.url} has no dataset {settings.dataset} in workspace "
                f"{settings.workspace}; `curate review push` makes it."
            )
        names = {str(user.id): str(user.username) for user in client.users}
        return {
            str(record.id): [
                review
                for user, answers in _submitted(record).items()
                if (review := _review(names.get(user, user), answers))
            ]
            for record in dataset.records(with_responses=True)
        }


@contextmanager
def _server(signed: Login) -> Iterator["argilla.Argilla"]:
    """A signed-in client; what goes wrong on the way is said in one sentence."""
    os.environ["TQDM_DISABLE"] = "1"  # Its bars would draw over ours.
    logging.getLogger("argilla.sdk").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="argilla")  # What it misses, we say ourselves.
    import argilla
    import httpx
    from argilla._exceptions import ArgillaError

    try:
        yield argilla.Argilla(api_url=signed.url, api_key=signed.api_key, retries=2)
    except httpx.HTTPError as error:
        raise GristmillError(
            f"{signed.url} cannot be reached ({error}). Is it running?"
        ) from error
    except ArgillaError as error:
        raise GristmillError(f"{signed.url} refused: {error}") from error


def _form(settings: ReviewSettings) -> "argilla.Settings":
    import argilla

    return argilla.Settings(
        guidelines=GUIDELINES.strip(),
        fields=[
            argilla.TextField("question", title="Question"),
            argilla.TextField("answer", title="Answer", use_markdown=True),
            argilla.TextField("source", title="Made from", use_markdown=True, required=False),
        ],
        questions=[
            argilla.LabelQuestion("verdict", labels=VERDICTS, title="May a model learn this?"),
            argilla.TextQuestion(
                "corrected", title="Corrected answer, whole", required=False, use_markdown=True
            ),
            argilla.RatingQuestion(
                "quality", values=[1, 2, 3, 4, 5], title="How good is the answer?", required=False
            ),
            argilla.TextQuestion("reason", title="Why? (a few words)", required=False),
        ],
        metadata=[
            argilla.TermsMetadataProperty("source_file", title="Source"),
            argilla.TermsMetadataProperty("teacher", title="Written by"),
        ],
        distribution=argilla.TaskDistribution(min_submitted=settings.min_submitted),
    )


def _refuse_other_form(dataset: "argilla.Dataset", settings: ReviewSettings) -> None:
    there = {question.name for question in dataset.settings.questions}
    if "verdict" not in there:
        raise BadInputError(
            f"The dataset {settings.dataset} there is not ours: it asks for "
            f"{', '.join(sorted(there))}. Name another one by `dataset` under [review]."
        )


def _record(example: Example, source: str) -> "argilla.Record":
    import argilla

    return argilla.Record(
        id=example.id,
        fields={"question": example.question, "answer": example.answer, "source": source},
        metadata={
            "source_file": example.origin.source,
            "teacher": example.origin.teacher or "people",
        },
    )


def _sources(space: Workspace) -> dict[str, str]:
    if not space.passages.exists():
        return {}
    return {
        passage.family: passage.text
        or "\n\n".join(f"**{turn.speaker}**: {turn.text}" for turn in passage.turns)
        for passage in store.read(space.passages, Passage)
    }


def _submitted(record: "argilla.Record") -> dict[str, dict[str, object]]:
    """The answers to our questions, by user id."""
    said: dict[str, dict[str, object]] = {}
    for response in record.responses:
        if str(getattr(response.status, "value", response.status)) == "submitted":
            said.setdefault(str(response.user_id), {})[response.question_name] = response.value
    return said


def _review(annotator: str, answers: dict[str, object]) -> Review | None:
    """One annotator's opinion; None where the form was changed there and we cannot read it."""
    fixed = answers.get("verdict") == "fix"
    opinion = {
        "annotator": annotator,
        "verdict": answers.get("verdict"),
        "reason": answers.get("reason", ""),
        "edited_answer": answers.get("corrected", "") if fixed else "",
        "rating": answers.get("quality"),
    }
    try:
        return msgspec.convert(opinion, Review)
    except msgspec.ValidationError:
        return None
