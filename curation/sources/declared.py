"""Questions that a web page declares for search engines: schema.org, as JSON-LD or microdata."""

import html
import json
import re
from collections.abc import Callable, Iterator

from lxml.etree import _Element as Element

from curation.sources import titles, webtext
from curation.sources.document import Declared


def find(root: Element, to_markdown: Callable[[str], str]) -> Iterator[Declared]:
    """The declared questions with their answers, those of scripts first."""
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            line = webtext.line(script)
            for question, answer in _questions(_parsed(webtext.said(script))):
                title = titles.clean(html.unescape(question))
                yield Declared("json-ld", title, to_markdown(_unescaped(answer)), line)
    for element in root.iter():
        if re.search(r"\bQuestion$", element.get("itemtype") or element.get("typeof") or ""):
            yield from _marked_up(element, to_markdown)


def _parsed(source: str) -> object:
    """JSON as pages have it: in comments, with raw line breaks, with trailing commas."""
    bare = re.sub(r"^\s*(?://)?\s*(?:<!\[CDATA\[|<!--)|(?://)?\s*(?:\]\]>|-->)\s*$", "", source)
    for attempt in (bare, re.sub(r",(?=\s*[}\]])", "", bare), html.unescape(bare)):
        try:
            found: object = json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
        return found
    return None


def _questions(found: object) -> Iterator[tuple[str, str]]:
    """Every question below, however the graph is nested."""
    if isinstance(found, list):
        for each in found:
            yield from _questions(each)
    if not isinstance(found, dict):
        return
    question = found.get("name") or found.get("text") or found.get("headline")
    answer = _answer(found.get("acceptedAnswer") or found.get("suggestedAnswer"))
    if _is_question(found) and isinstance(question, str) and answer:
        yield question, answer
        return
    for each in found.values():
        yield from _questions(each)


def _is_question(found: dict[str, object]) -> bool:
    return "Question" in str(found.get("@type", "")) or "acceptedAnswer" in found


def _answer(found: object) -> str:
    if isinstance(found, list):
        return next((text for each in found if (text := _answer(each))), "")
    if isinstance(found, dict):
        return _answer(found.get("text") or found.get("articleBody") or found.get("name") or "")
    return found if isinstance(found, str) else ""


def _unescaped(answer: str) -> str:
    """Tags that were escaped once too often are tags again."""
    if "<" not in answer and re.search(r"&lt;/?[a-z]", answer):
        return html.unescape(answer)
    return answer


def _marked_up(element: Element, to_markdown: Callable[[str], str]) -> Iterator[Declared]:
    from lxml import etree

    name = next(_named(element, "name"), None)
    answer = next(_named(element, "acceptedAnswer"), None)
    if answer is None:
        answer = next(_named(element, "suggestedAnswer"), None)
    if name is None or answer is None:
        return
    text = next(_named(answer, "text"), answer)
    question = titles.clean(name.get("content") or webtext.inline(name))
    told = text.get("content") or etree.tostring(text, encoding="unicode", with_tail=False)
    yield Declared("microdata", question, to_markdown(told), webtext.line(element))


def _named(element: Element, name: str) -> Iterator[Element]:
    for each in element.iterdescendants():
        if name in ((each.get("itemprop") or each.get("property") or "").split(":")[-1]).split():
            yield each
