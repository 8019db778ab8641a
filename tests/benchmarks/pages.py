"""How fast FAQs are read, and how many of the questions of the samples are found."""

import json
import re
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from curation import ingest
from curation.sources import faq, readers, table, walk, webpage
from curation.sources.units import Notes, Unit

SAMPLES = Path(__file__).parents[1] / "samples" / "faq"
ROWS = 10_000
PAGE_BYTES = 5_000_000
_ENTRY = """<h3 id="q{n}">How do I change part number {n}?<a class="headerlink" href="#q{n}">¶</a></h3>
<p>Open the <b>panel</b> and press <code>button {n}</code>, as <a href="/m/{n}">the manual</a> says.
{words}</p><ul><li>Wait until the lamp is green.</li><li>Close the panel.</li></ul><pre>run {n}</pre>
"""


def measure() -> dict[str, float]:
    return {
        "csv_10k_s": _seconds(_read_table),
        "html_5mb_s": _seconds(_read_page),
        "faq_f1_min": round(min(f1_by_file().values()), 3),
    }


def f1_by_file() -> dict[str, float]:
    """F1 of the questions of each sample, as its writer lists them."""
    truth = json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))
    return {each["file"]: _f1(SAMPLES / each["file"], each["questions"]) for each in truth}


def _f1(path: Path, questions: list[str]) -> float:
    with ExitStack() as zips:
        (source,) = walk.find([path], None, zips).sources
        units = [each for each in readers.read(source, Notes()) if isinstance(each, Unit)]
    found = Counter(_folded(each.title) for each in units if each.kind == "faq")
    wanted = Counter(map(_folded, questions))
    total = found.total() + wanted.total()
    return 2 * (found & wanted).total() / total if total else 1.0


def _folded(question: str) -> str:
    return " ".join(re.findall(r"\w+", question.lower()))


def _seconds(work: Callable[[], None]) -> float:
    with ingest.rare_collection():
        started = time.perf_counter()
        work()
        return round(time.perf_counter() - started, 2)


def _read_table() -> None:
    rows = (f'How do I change part {n}?,"Open panel {n}, then close it."' for n in range(ROWS))
    found = list(table.read("\n".join(("question,answer", *rows)), "faq.csv", Notes()))
    assert len(found) == ROWS


def _read_page() -> None:
    words = "It is safe to do so while the machine runs, but mind your fingers. " * 15
    count = PAGE_BYTES // len(_ENTRY.format(n=1000, words=words))
    entries = "".join(_ENTRY.format(n=n, words=words) for n in range(count))
    page = f"<html><body><h1>FAQ</h1>{entries}</body></html>"
    found = list(faq.read(webpage.parse(page), "faq.html", Notes()))
    assert len(found) == count
