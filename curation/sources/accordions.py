"""Which elements of a web page open others: the questions of an accordion and their answers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from lxml.etree import _Element as Element

from curation.sources import webtext

LONGEST_TITLE = 400
_GROUPS = frozenset(
    "accordion accordian faq faqs collapse collapsible toggle expand expander expandable panel "
    "disclosure elementor schema rank qa collapsable unfold spoiler".split()
)
_HEADS = frozenset(
    "title header heading head question trigger toggle button btn summary label control q handle "
    "opener caption".split()
)
_BODIES = frozenset("answer answers content body description a".split())
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_NEVER = frozenset("html body main ul ol dl table tbody form nav section article input".split())


@dataclass
class Toggles:
    opens: dict[Element, list[Element]] = field(default_factory=dict)
    """From what is clicked to what it shows."""
    shown: set[Element] = field(default_factory=set)
    """All that some toggle shows; it has its place there."""
    tabs: set[Element] = field(default_factory=set)
    """A strip of buttons; what they show stays where it is."""


def find(root: Element) -> Toggles:
    """The toggles of a page, the outermost where one is wrapped in another."""
    by_id = {str(each.get("id")): each for each in root.iter() if each.get("id")}
    heads = {each: by_id.get(_target(each)) for each in root.iter() if _is_head(each, by_id)}
    toggles = Toggles(tabs={each for each in heads if _is_tab(each)})
    # What `<details>` shows, a title inside its summary need not show again.
    inside = {each for summary in root.iter("summary") for each in summary.iterdescendants()}
    for head, target in heads.items():
        if head in inside or head in toggles.tabs:
            continue
        panels = [target] if target is not None and _apart(head, target) else []
        panels = panels or list(_following(head, heads))
        panels = [each for each in panels if each not in toggles.shown]
        if any(webtext.words(each) or each.find(".//img") is not None for each in panels):
            toggles.opens[head] = panels
            toggles.shown.update(panels)
            inside.update(head.iterdescendants())
    return toggles


def _is_head(element: Element, by_id: dict[str, Element]) -> bool:
    if element.tag in _NEVER or element.tag == "summary":
        return False
    says_so = _target(element) in by_id or _opens(element, by_id)
    if not says_so and (not _is_titled(element) or _has_answer_inside(element)):
        return False
    return 0 < len(webtext.words(element)) <= LONGEST_TITLE


def _is_tab(element: Element) -> bool:
    """One of several buttons in a row; an accordion has its panels between them."""
    if (element.get("data-toggle") or element.get("data-bs-toggle")) in ("tab", "pill"):
        return True
    beside = (element.getprevious(), element.getnext(), element.getparent())
    return element.get("role") == "tab" and any(
        each is not None and (each.get("role") == "tab" or each.tag == "li") for each in beside
    )


def _target(element: Element) -> str:
    named = element.get("aria-controls")
    if not named and (element.get("data-toggle") or element.get("data-bs-toggle")):
        named = element.get("data-target") or element.get("data-bs-target") or element.get("href")
    return (named or "").lstrip("#")


def _opens(element: Element, by_id: dict[str, Element]) -> bool:
    if element.tag == "label":
        box = by_id.get(element.get("for") or "")
        return box is not None and box.get("type") in ("checkbox", "radio")
    return element.get("aria-expanded") is not None and element.get("role") != "combobox"


def _is_titled(element: Element) -> bool:
    if element.tag in ("h1", "h2"):
        return False
    names = element.get("class")
    if not names:
        return False
    return _are_title_classes(names) or (element.tag == "button" and _are_groups(names))


@cache
def _are_groups(names: str) -> bool:
    """Whether a button is called what it opens, as in `<button class="accordion">`."""
    return any(found and _GROUPS.issuperset(found) for found in map(_words, names.split()))


@cache
def _are_title_classes(names: str) -> bool:
    return any(map(_is_title_class, names.split()))


def _is_title_class(name: str) -> bool:
    found = _words(name)
    if found[-1:] == ["question"]:
        return True
    return bool(found) and found[-1] in _HEADS and bool(_GROUPS & set(found[:-1]))


def _words(name: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|[-_:]+", " ", name)
    return [re.sub(r"\d+$", "", each) for each in spaced.lower().split() if not each.isdigit()]


def _has_answer_inside(element: Element) -> bool:
    return any(
        _is_body_class(name)
        for each in element.iterdescendants()
        for name in webtext.classes(each)
    )


@cache
def _is_body_class(name: str) -> bool:
    found = _words(name)
    return found[-1:] != [] and found[-1] in _BODIES and bool({*found} & {*_GROUPS, "answer"})


def _apart(head: Element, panel: Element) -> bool:
    return not any(panel is each for each in (head, *head.iterancestors())) and not any(
        head is each for each in panel.iterancestors()
    )


def _following(head: Element, heads: dict[Element, Element | None]) -> Iterator[Element]:
    """What stands beside the head, or beside what holds nothing else, up to the next head."""
    outer = head
    parent = outer.getparent()
    while parent is not None and parent.tag not in _NEVER and _stands_alone(outer, parent):
        outer, parent = parent, parent.getparent()
    for sibling in outer.itersiblings():
        if sibling in heads or any(each in heads for each in sibling.iterdescendants()):
            return
        if str(sibling.tag) in ("h1", "h2", "footer", "nav") or webtext.is_silent(sibling):
            return
        if head.tag == "tr" and next(sibling.iter(*_HEADINGS), None) is not None:
            return
        yield sibling


def _stands_alone(element: Element, parent: Element) -> bool:
    """Whether its parent says nothing else; the first word beside it settles that it does."""
    if (parent.text or "").strip() or (element.tail or "").strip():
        return False
    return not any(_says(each) for each in parent if each is not element)


def _says(element: Element) -> bool:
    return any(not str(text).isspace() for text in element.itertext()) or bool(
        (element.tail or "").strip()
    )
