"""Pretraining: from scratch on a corpus, and going on from a base on the passages."""

from pathlib import Path

import msgspec
import pytest

from data import store
from data.errors import BadInputError
from data.records import Origin, Turn
from data.workspace import Workspace
from tests import make
from tests.train import splits, training
from train import texts, tiny
from train.chat import Row
from train.methods import scratch
from train.student import Student

SCRATCH = """
[train]
method = "pretrain"
[train.model]
model_name = "tiny"
full_finetuning = true
[train.tiny]
vocab_size = 300
hidden_size = 32
intermediate_size = 64
num_hidden_layers = 1
tie_word_embeddings = true
[train.data]
corpus = ["texts/*.txt", "more.jsonl"]
[train.trainer]
max_length = 32
num_train_epochs = 25
learning_rate = 1e-2
warmup_steps = 0
"""


def corpus(folder: Path) -> None:
    (folder / "texts").mkdir(parents=True)
    (folder / "texts" / "one.txt").write_text("The ferry leaves at nine. " * 12)
    (folder / "texts" / "same.txt").write_text("The ferry leaves at nine. " * 12)
    (folder / "more.jsonl").write_text(
        '{"text": "Write to me@ferry.example for a ticket.", "page": 3}\n{"text": " "}\n'
    )


@pytest.fixture(scope="module")
def pretrained(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("pretrained")
    space = make.space(folder, SCRATCH)
    corpus(folder)
    training.run(space)
    return space


def test_a_new_model_learns_the_text_of_a_corpus(pretrained: Workspace) -> None:
    losses = [step.loss for step in training.steps(pretrained)]

    assert losses[-1] < 0.3 * losses[0]


def test_a_new_model_that_was_stopped_goes_on_to_the_same_curve(
    pretrained: Workspace, tmp_path: Path
) -> None:
    space = make.space(tmp_path, SCRATCH)
    corpus(tmp_path)

    training.run(space, stop_after=7)

    whole, stopped = training.steps(pretrained), training.steps(space)
    assert [step.loss for step in stopped] == [step.loss for step in whole]


def test_what_was_pretrained_serves_as_a_base_and_learns_to_read_on(
    pretrained: Workspace, tmp_path: Path
) -> None:
    base = pretrained.runs / "first" / "model"
    told = (
        f'[train]\nmethod = "pretrain"\n[train.model]\nmodel_name = "{base}"\n'
        '[train.peft]\nmodules_to_save = ["embed_tokens"]\n'
        "[train.trainer]\nembedding_learning_rate = 1e-4\nnum_train_epochs = 3\nwarmup_steps = 0\n"
    )
    space = splits.write(make.space(tmp_path, told))
    make.stage_file(space.passages, [make.passage(), make.passage("Dev?", side="dev")])

    made = training.run(space)

    assert (made.method, made.rows, made.base) == ("pretrain", 1, str(base))
    assert training.steps(space)[-1].loss < training.steps(space)[0].loss
    resolved = msgspec.json.decode((space.runs / "first" / "settings.json").read_bytes())
    assert "embed_tokens" in resolved["adapter"]["modules_to_save"]
    card = (space.runs / "first" / "README.md").read_text()
    assert "every token is learnt" in card


def test_documents_are_read_once_scrubbed_and_counted(tmp_path: Path) -> None:
    space = make.space(tmp_path, SCRATCH)
    corpus(tmp_path)

    read = texts.read(space, space.split)

    assert [row.origin.locator for row in read.rows] == ["texts/one.txt", "more.jsonl#L1"]
    assert "me@ferry" not in read.rows[1].text
    assert read.notes == (
        "2 documents, 1 repeated left out, 1 empty left out",
        "replaced in them: email 1",
    )
    assert {mark.path for mark in read.marks} == {"texts/one.txt", "texts/same.txt", "more.jsonl"}


def test_a_document_is_cut_into_equal_pieces_between_its_first_and_last_token() -> None:
    tokenizer = tiny.tokenizer(["one two three"])
    bos, eos = tokenizer.bos_token_id, tokenizer.eos_token_id
    text = texts._text("one two three <|eos|> " * 3, "a.txt", "a.txt")

    rows = list(texts.pieces([text], tokenizer, 20))

    joined = [token for row in rows for token in row.input_ids]
    assert (joined[0], joined[-1]) == (bos, eos)
    assert joined.count(eos) == 1
    assert tokenizer.decode(joined[1:-1]) == text.text
    assert max(len(row.input_ids) for row in rows) <= 20
    assert max(len(row.input_ids) for row in rows) - min(len(row.input_ids) for row in rows) <= 2
    assert [row.answers for row in rows] == [0] * (len(rows) - 1) + [1]


def test_a_new_model_reads_all_documents_in_rows_of_one_length() -> None:
    one, two = (Row(make.example(), ids, ids, []) for ids in ([0, 5, 6, 1], [0, 7, 1]))

    windows = scratch.Windows([one, two], 3)

    read = [windows[index]["input_ids"].tolist() for index in range(len(windows))]
    assert read == [[0, 5, 6], [1, 0, 7], [0, 7, 1]]
    assert scratch.Windows([two], 512)[0]["labels"].tolist() == [0, 7, 1]


def test_passages_in_whose_words_a_probe_asks_stay_unread(tmp_path: Path) -> None:
    space = make.space(tmp_path, '[train]\nmethod = "pretrain"\n')
    thread = msgspec.structs.replace(
        make.passage("pw lost", "", locator="help#1.0"),
        kind="thread",
        turns=(Turn("User_01", "hi", "1.0"), Turn("User_01", "pw lost", "2.0")),
    )
    make.stage_file(space.passages, [make.passage(), thread])
    asked = make.example("pw lost", origin=Origin("help", "help#2.0", recipe="probe"))
    splits.write(space, probes=[asked])

    read = texts.read(space, space.split)

    assert [row.origin.locator for row in read.rows] == ["faq.md#L1"]
    assert read.notes == ("1 passages; 1 are left out, because probes ask in their words",)
    assert store.mark(space.passages, space.root) in read.marks


@pytest.mark.parametrize(
    ("corpus", "said"),
    [
        ("none.txt", "there is no file .*none.txt"),
        ("book.pdf", r"book.pdf is none of \.txt, \.md"),
        ("empty.txt", "no text in .*empty.txt: nothing to learn"),
        ("latin.txt", "latin.txt: not UTF-8"),
        ("lines.jsonl", r"lines.jsonl:2: no Document record"),
    ],
)
def test_a_corpus_that_cannot_be_read_is_named(tmp_path: Path, corpus: str, said: str) -> None:
    space = make.space(
        tmp_path, f'[train]\nmethod = "pretrain"\n[train.data]\ncorpus = ["{corpus}"]\n'
    )
    (tmp_path / "book.pdf").write_bytes(b"%PDF")
    (tmp_path / "empty.txt").write_text("\n")
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9")
    (tmp_path / "lines.jsonl").write_text('{"text": "a"}\n{"txt": "b"}\n')

    with pytest.raises(BadInputError, match=said):
        texts.read(space, space.split)


def test_a_model_that_only_read_still_answers_when_asked(pretrained: Workspace) -> None:
    student = Student.load(pretrained.runs / "first", tuned=True)

    (reply,) = student.answer([splits.taught()[0].prompt], max_new_tokens=3, batch_size=1)

    assert reply.tokens <= 3
