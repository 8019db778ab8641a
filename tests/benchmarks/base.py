"""What the bundled base learns of 150 questions and answers, against the same shape with random weights.

Each pair is taught in five wordings and asked in one of these and in one that was never taught: without
the small words, in lower case, after a chatty opening. An answer is right if its first 120 characters
agree with the expected ones. Five seeds; intervals are of Student's t. Then the base itself is asked by
transformers and, as GGUF, by llama.cpp. With the corpus of `make base-model` at hand, bits per
character on its held-out documents too.
"""

import csv
import math
import re
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

from curation import ingest
from data import store
from data.records import Example, Message
from data.workspace import Workspace
from tests import make
from tests.base_model import CORPUS
from tests.train import splits
from train import bundled, runs

HERE = Path(__file__).parent
SAMPLES = HERE.parent.parent / "data" / "samples"
PAIRS, LONGEST_ANSWER, COMPARED, ALIKE = 150, 300, 120, 0.8
SEEDS = range(5)
T_OF_FIVE = 2.776
"""Student's t at 97.5 % for five seeds."""

SETTINGS = """
[train]
preset = "bundled-cpu"
[train.model]
model_name = "{model}"
[train.trainer]
seed = {seed}
"""
SMALL_WORDS = frozenset(
    "the a an of to is are do does i my for in on and or can what how should be with it if".split()
)


class Pair(NamedTuple):
    question: str
    answer: str


class Result(NamedTuple):
    """One tuning."""

    seen: float
    unseen: float
    seconds: float


TAUGHT: tuple[Callable[[str], str], ...] = (
    lambda q: q,
    lambda q: f"Can you tell me: {_lower(q)}",
    lambda q: q.lower().rstrip("?"),
    lambda q: f"Question: {q} Thanks!",
    lambda q: f"Hello, {_lower(q)} please help",
)


def measure() -> dict[str, float]:
    taught = pairs()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        ours = [tune(root / f"ours-{seed}", taught, bundled.NAME, seed) for seed in SEEDS]
        blank = [
            tune(
                root / f"blank-{seed}", taught, str(random_weights(root / f"w{seed}", seed)), seed
            )
            for seed in SEEDS
        ]
    figures: dict[str, float] = {
        "file_mb": round((bundled.folder() / "model.safetensors").stat().st_size / 1e6, 2)
    }
    if CORPUS.exists():
        figures["held_out_bits_per_character"] = round(bits_per_character(bundled.folder()), 4)
    for name, results in (("bundled", ours), ("random", blank)):
        figures |= _spread(f"seen_{name}", [result.seen for result in results])
        figures |= _spread(f"unseen_{name}", [result.unseen for result in results])
    # From the near ends of both intervals; random weights may give no right answer at all.
    least = figures["unseen_bundled_low"] / max(figures["unseen_random_high"], 1 / PAIRS)
    figures["unseen_times_random_at_least"] = round(least, 2)
    figures["tuning_s_max"] = max(result.seconds for result in ours)
    figures["gguf_same_answers_of_50"] = same_in_llama_cpp(taught)
    return figures


def same_in_llama_cpp(taught: Sequence[Pair]) -> int:
    """Of 50 prompts, how many llama.cpp answers as transformers does, greedily, in full precision."""
    from train.llama import convert, engine
    from train.student import Student

    prompts = [(Message("user", each.question),) for each in taught[:50]]
    ours = Student.open(bundled.NAME, HERE).answer(prompts, max_new_tokens=60, batch_size=50)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "base.gguf"
        facts = convert.to_gguf(bundled.folder(), file, "f32")
        with engine.serving(file, facts.context) as asked:
            theirs = [asked.answer(prompt, 60) for prompt in prompts]
    pairs = zip(ours, theirs, strict=True)
    return sum((a.text, a.stop == "eos") == (b.text, b.ended) for a, b in pairs)


def pairs() -> list[Pair]:
    """Our own: of an office and a lamp shop, and of the bundled samples."""
    with (HERE / "base_questions.csv").open(encoding="utf-8", newline="") as lines:
        own = [Pair(row["question"], row["answer"]) for row in csv.DictReader(lines)]
    found = [*own, *_samples()]
    return found[:PAIRS]


def _samples() -> Iterator[Pair]:
    with tempfile.TemporaryDirectory() as folder:
        space = make.space(Path(folder))
        ingest.run(space, [SAMPLES / "faq.md", SAMPLES / "faq_billing.csv"])
        rows = {row.answer: row for row in store.read(space.ingested, Example) if row.question}
    for answer, row in rows.items():
        yield Pair(" ".join(row.question.split()), " ".join(answer.split())[:LONGEST_ANSWER])


def unseen(question: str) -> str:
    words = re.findall(r"[A-Za-z0-9'-]+", question.lower())
    return f"hey quick one - {' '.join(word for word in words if word not in SMALL_WORDS)} ??"


def tune(folder: Path, taught: Sequence[Pair], model: str, seed: int) -> Result:
    """Teach every pair in five wordings and ask in a taught and in another one."""
    space = make.space(folder, SETTINGS.format(model=model, seed=seed))
    rows = [make.example(say(each.question), each.answer) for each in taught for say in TAUGHT]
    ran = make.run("train run --name tuned", cwd=splits.write(space, rows).root)
    if ran.code:
        raise RuntimeError(ran.output)
    return Result(
        right(space, taught, [each.question for each in taught]),
        right(space, taught, [unseen(each.question) for each in taught]),
        runs.read_manifest(space.runs / "tuned").seconds,
    )


def right(space: Workspace, taught: Sequence[Pair], asked: Sequence[str]) -> float:
    """The share of answers that begin as expected."""
    from train.student import Student

    student = Student.load(space.runs / "tuned", tuned=True)
    prompts = [(Message("user", question),) for question in asked]
    replies = student.answer(prompts, max_new_tokens=60, batch_size=50)
    alike = [
        SequenceMatcher(None, reply.text[:COMPARED], each.answer[:COMPARED]).ratio() > ALIKE
        for reply, each in zip(replies, taught, strict=True)
    ]
    return sum(alike) / len(alike)


def random_weights(folder: Path, seed: int) -> Path:
    """The bundled base as it was before it had read anything."""
    from transformers import AutoConfig, AutoTokenizer

    from train import tiny

    home = bundled.folder()
    tiny.model(AutoConfig.from_pretrained(home), seed).save_pretrained(folder)
    AutoTokenizer.from_pretrained(home).save_pretrained(folder)
    return folder


def bits_per_character(model_folder: Path) -> float:
    """Over whole held-out documents, each token after at least 512 of those before it, where there are so many."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(model_folder)
    model = AutoModelForCausalLM.from_pretrained(model_folder, dtype=torch.float32)
    window, stride, loss, characters = 1024, 512, 0.0, 0
    for document in store.read(CORPUS / "test.jsonl", Example):
        told = tokenizer(document.text, add_special_tokens=False)["input_ids"]
        ids = torch.tensor([tokenizer.bos_token_id, *told, tokenizer.eos_token_id])
        characters += len(document.text)
        done = 1
        while done < len(ids):
            end = min(len(ids), done + stride if done > 1 else window)
            piece = ids[max(0, end - window) : end]
            with torch.inference_mode():
                logits = model(input_ids=piece[None]).logits[0, :-1]
            fresh = end - done
            loss += torch.nn.functional.cross_entropy(
                logits[-fresh:], piece[-fresh:], reduction="sum"
            ).item()
            done = end
    return loss / math.log(2) / characters


def _spread(name: str, values: Sequence[float]) -> dict[str, float]:
    mean = statistics.mean(values)
    half = T_OF_FIVE * statistics.stdev(values) / math.sqrt(len(values))
    return {
        name: round(mean, 3),
        f"{name}_low": round(max(0.0, mean - half), 3),
        f"{name}_high": round(min(1.0, mean + half), 3),
    }


def _lower(question: str) -> str:
    return question[:1].lower() + question[1:]
