from pathlib import Path

from tests import make
from tests.train import splits
from train import tiny


def test_the_tokenizer_reads_the_train_side_only(tmp_path: Path) -> None:
    space = make.space(tmp_path)
    held_out = make.passage("Zeppelin?", "Zeppelin timetable.", side="dev")
    make.stage_file(space.passages, [make.passage("Ferry?", "Ferry timetable."), held_out])

    texts = list(tiny.texts(space, splits.taught()[:2]))

    assert texts == [
        *("How do I reset my password?", splits.ANSWERS[0], "reset password pls"),
        *("Ferry?", "Ferry timetable."),
    ]


def test_equal_text_gives_an_equal_tokenizer() -> None:
    corpus = [*splits.ANSWERS, *(question for pair in splits.QUESTIONS for question in pair)]

    first, second = tiny.tokenizer(corpus), tiny.tokenizer(corpus)

    assert first.backend_tokenizer.to_str() == second.backend_tokenizer.to_str()
