"""A judge that is a script behind the OpenAI protocol: it reads the material and follows a rule."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.synth.server import Server, completion, serving

Rule = Callable[[dict[str, str]], str]
"""From the texts between the marks, by their names, to a reply."""


def material(asked: str) -> dict[str, str]:
    """What stands between marks, as a reader who trusts nothing else would take it."""
    found = re.findall(r"^<([\w-]+)-(\w{8})>\n(.*?)\n</\1-\2>$", asked, re.S | re.M)
    return {name: text for name, _, text in found}


def told(body: bytes) -> dict[str, str]:
    return material(json.loads(body)["messages"][1]["content"])


@contextmanager
def judging(rule: Rule) -> Iterator[Server]:
    with serving(lambda number: (200, completion(rule(told(server.bodies[number]))))) as server:
        yield server


def grade(verdict: str, reason: str = "because") -> str:
    graded = {"verdict": verdict, "reason": reason}
    return json.dumps({"criteria": dict.fromkeys(("correct", "grounded", "usable"), graded)})


def prefer(better: str) -> str:
    return json.dumps({"better": better, "reason": "because"})


def fair(texts: dict[str, str]) -> str:
    """Passes what holds the words of the reference, or of the source where there is none."""
    right = texts.get("reference") or texts["source"].split("\n")[-1]
    if "answer" in texts:
        return grade("pass" if right in texts["answer"] else "fail")
    a, b = (right in texts[f"answer-{name}"] for name in "AB")
    return prefer("tie" if a == b else "A" if a else "B")
