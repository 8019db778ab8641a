from collections.abc import Sequence
from pathlib import Path

from curation.review import agreement
from curation.review.agreement import Alpha
from data import store
from data.records import Drop, Record
from eval import story
from tests import make


def test_stages_stand_in_the_order_in_which_data_passes_them(tmp_path: Path) -> None:
    space = make.space(tmp_path)
    left = Drop("near-duplicate", "faq.md#L1", example=make.example())
    write(space.split / "split.jsonl", "split", [make.example()])
    write(space.unique, "dedup", [make.example(), left])
    write(space.passages, "ingest", [make.passage()])

    stages = story.tell(space, space.runs / "first").stages

    assert [stage.name for stage in stages] == ["ingest", "dedup", "split"]
    assert (stages[1].taken, stages[1].kept, stages[1].dropped) == (2, 1, {"near-duplicate": 1})


def write(path: Path, stage: str, records: Sequence[Record]) -> None:
    with store.StageWriter(path, stage, inputs=(), settings={}, root=path.parent) as out:
        out.add_all(records)


def test_the_losses_of_a_run_are_read_and_other_metrics_passed_over(tmp_path: Path) -> None:
    space = make.space(tmp_path)
    run = space.runs / "first"
    run.mkdir()
    lines = [
        '{"step": 1, "loss": 4.0, "lr": 0.1}',
        '{"step": 2, "seconds": 3}',
        '{"step": 2, "loss": 1.5}',
    ]
    (run / "metrics.jsonl").write_text("\n".join(lines) + "\n")

    assert list(story.tell(space, run).losses) == [(1, 4.0), (2, 1.5)]


def test_a_workspace_without_stages_has_a_short_story(tmp_path: Path) -> None:
    space = make.space(tmp_path)

    assert story.tell(space, space.runs / "first") == story.Story([], None, ())


def test_how_far_annotators_agree_is_read_where_it_was_measured(tmp_path: Path) -> None:
    space = make.space(tmp_path)
    verdict = Alpha("verdict", records=40, opinions=80, alpha=0.71, low=0.6, high=0.8)
    measured = agreement.Agreement((verdict,), (), (agreement.Annotator("ann", 40, 0, 9.0, 2, 3),))
    store.write_json(space.work / "review" / "agreement.json", measured)

    told = story.tell(space, space.runs / "first").agreement

    assert told is not None
    assert told.questions[0].alpha == 0.71
    assert (told.annotators[0].gold_right, told.annotators[0].gold_seen) == (2, 3)
