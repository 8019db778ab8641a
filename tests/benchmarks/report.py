"""The report of 10,000 items with four texts each: its size, its speed, and what gets through."""

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from spellchecker import SpellChecker

from data import workspace
from data.records import Example
from eval import evaluation, report
from eval.arms import BASE, TUNED
from eval.comparison import Result
from tests import make
from tests.eval import canned, screen, test_report

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ITEMS = 10_000
MAX_SHORT_MB = 5.0
MEANS = {"question": 160, "expected": 355, "base": 510, "tuned": 355}
"""Mean characters of each text; as in answers of real models to 10,000 real questions."""
RIGHT = {(True, True): 0.55, (False, True): 0.2, (True, False): 0.05, (False, False): 0.2}
"""Shares of what base and tuned get right, where a judge and not the wording decides."""
PHRASES, SKEW = 20_000, 2.0
OPENINGS = 5
SEARCHES = ("invoice", "the password", "export settings", "zzzz", "where is the money")
BUILD = "import sys; from tests.benchmarks import report; report.build(sys.argv[1])"
SEARCH = """async (words) => {
  form.elements.q.value = words;
  const started = performance.now();
  await filter();
  await new Promise(requestAnimationFrame);
  return performance.now() - started;
}"""
SCROLL = """async () => {
  const times = [];
  await new Promise((done) => {
    let last = performance.now();
    const next = () => {
      const now = performance.now();
      times.push(now - last);
      last = now;
      if (times.length === 240) return done();
      list.scrollTop += times.length % 60 === 0 ? 100000 : 400;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  return times.slice(5);
}"""


def measure() -> dict[str, float]:
    """Figures of the whole page, then of the hostile one."""
    with tempfile.TemporaryDirectory() as folder, screen.browser() as chromium:
        home = Path(folder)
        figures = _built(home)
        figures["file_mb_10k_short"] = _short_mb(home)
        figures |= _opened(chromium, _page(home))
        return figures | _safe(chromium, home)


def build(folder: str) -> None:
    """What `evaluate report` does, in a process of its own; prints seconds and megabytes.

    Seconds of the processor: with one thread, what a quiet machine takes.
    """
    ran = make.run("evaluate report first", cwd=Path(folder))
    seconds = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if ran.code:
        sys.exit(ran.output)
    sys.stdout.write(f"{seconds} {peak}\n")


def _built(home: Path) -> dict[str, float]:
    space = make.space(home, '[evaluate]\nlanguage = "none"\n')
    rows, said = _texts()
    canned.split(space, train=[make.example()], dev=rows)
    run = space.runs / "first"
    base, tuned = (lambda asked, arm=arm: said[arm].get(asked, "") for arm in (BASE, TUNED))
    evaluation.answer(space, run, canned.models(base, tuned))
    evaluation.check(space, run)
    asked = [sys.executable, "-c", BUILD, str(home)]
    # Threads of the linear algebra that wait for the next product count as work of the processor.
    alone = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    ran = subprocess.run(asked, capture_output=True, text=True, check=True, env=alone)
    told = ran.stdout.split()
    return {
        "file_mb_10k": round(_page(home).stat().st_size / report.MB, 2),
        "build_s": round(float(told[-2]), 2),
        "build_mb": round(float(told[-1])),
    }


def _page(home: Path) -> Path:
    return home / "reports" / "first.html"


def _texts() -> tuple[list[Example], dict[str, dict[str, str]]]:
    """Questions with answers, and what each arm says to them, in phrases that recur.

    They deflate to 0.36 of their size, as real answers do; words drawn one by one to 0.49.
    """
    chance = random.Random(3407)
    counts = SpellChecker(language="en").word_frequency.dictionary
    words, weights = list(counts), list(accumulate(counts.values()))
    phrases = [
        " ".join(chance.choices(words, cum_weights=weights, k=chance.randrange(1, 7)))
        for _ in range(PHRASES)
    ]
    said: dict[str, dict[str, str]] = {BASE: {}, TUNED: {}}
    rows = []
    for _ in range(ITEMS):
        texts = {key: _text(chance, phrases, mean) for key, mean in MEANS.items()}
        rows.append(make.example(f"{texts['question']}?", texts["expected"], side="dev"))
        for arm, by_question in said.items():
            by_question[rows[-1].question] = texts[arm]
    return rows, said


def _text(chance: random.Random, phrases: list[str], mean: int) -> str:
    """So many characters on average; early phrases are drawn more often than late ones."""
    wanted = max(20, chance.lognormvariate(-0.245, 0.7) * mean)
    text = ""
    while len(text) < wanted:
        text += f"{phrases[int(PHRASES * chance.random() ** SKEW)]} "
    return text.strip()


def _short_mb(home: Path) -> float:
    """The same texts, as they would be shortened where a judge finds them right in such shares."""
    space = workspace.find(home)
    found = report.gather(space, space.runs / "first")
    chance = random.Random(3407)
    kinds = chance.choices(list(RIGHT), weights=list(RIGHT.values()), k=len(found.results))
    results = [_graded(each, kind) for each, kind in zip(found.results, kinds, strict=True)]
    page = report.render(replace(found, results=results), int(MAX_SHORT_MB * report.MB))
    return round(len(page) / report.MB, 2)


def _graded(result: Result, kind: tuple[bool, bool]) -> Result:
    exact = dict(zip((BASE, TUNED), kind, strict=True))
    grades = {arm: replace(each, exact=exact[arm]) for arm, each in result.grades.items()}
    return replace(result, grades=grades)


def _opened(chromium: "Browser", path: Path) -> dict[str, float]:
    """First searches are of a page that was just opened, and of one that was scrolled through."""
    ready, at_once, first, later, frames = [], [], [], [], []
    for _ in range(OPENINGS):
        with screen.opened(chromium, path) as page:
            at_once.append(page.evaluate(SEARCH, SEARCHES[0]))
        with screen.opened(chromium, path) as page:
            ready.append(page.evaluate("performance.getEntriesByName('ready')[0].startTime"))
            frames.append(max(page.evaluate(SCROLL)))
            took = [page.evaluate(SEARCH, words) for words in SEARCHES]
            first.append(took[0])
            later.append(max(took[1:]))
    return {
        "ready_s_10k": round(median(ready) / 1000, 3),
        "search_at_once_ms": round(median(at_once)),
        "search_first_ms": round(median(first)),
        "search_ms": round(median(later)),
        "worst_frame_ms": round(median(frames), 1),
    }


def _safe(chromium: "Browser", home: Path) -> dict[str, float]:
    path = home / "hostile.html"
    path.write_bytes(report.render(test_report.hostile()))
    violations = [
        each for dark in (False, True) for each in screen.obstacles(chromium, path, dark=dark)
    ]
    return {"xss_executed": len(screen.harm(chromium, path)), "axe_violations": len(violations)}
