"""Exports of help centres: Zendesk, Intercom, Freshdesk. A title asks, a page of HTML answers."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from curation.sources import titles, webpage
from curation.sources.units import Found, Notes, Unit
from data.records import Drop

Article = dict[str, object]

_MARKS = frozenset(
    "locale draft section_id html_url author_id state parent_id folder_id category_id status "
    "description_text source_locale label_names seo_data agent_id workspace_id".split()
)
DRAFTS = ("draft", "1", "unpublished")


def shelf(found: object) -> list[Article]:
    """The articles of an export, however they are nested; none where it is something else."""
    if isinstance(found, list):
        return [article for each in found for article in shelf(each)]
    if not isinstance(found, dict):
        return []
    if isinstance(found.get("title"), str) and _body(found) is not None:
        return [found] if len(_MARKS & found.keys()) >= 2 else []
    return [article for each in found.values() for article in shelf(each)]


def read(found: Sequence[Article], name: str, notes: Notes) -> Iterator[Found]:
    """Yield the published articles in the language that most of them are in."""
    published = [each for each in found if not _is_draft(each)]
    locale = _usual_locale(published)
    if locale:
        notes.names["locale"].append(locale)
    for number, article in enumerate(found):
        where = f"{name}#{article.get('id') or number}"
        title = titles.clean(str(article["title"]))
        told = webpage.to_markdown(_body(article) or "")
        if _is_draft(article):
            yield Drop("draft", where, evidence=title)
        elif locale and str(article.get("locale") or locale) != locale:
            yield Drop("other-locale", where, evidence=title)
        elif not title or not told:
            yield Drop("no-answer" if title else "no-question", where, evidence=title or told)
        else:
            notes.counts["entries"] += 1
            signals = () if titles.asks(title) else ("statement",)
            yield Unit("faq", title, where, told, signals=signals + _updated(article))


def _body(article: Article) -> str | None:
    for key in ("body", "description", "content"):
        if isinstance(found := article.get(key), str):
            return found
    return None


def _is_draft(article: Article) -> bool:
    state = str(article.get("state") or article.get("status") or "").lower()
    return article.get("draft") is True or state in DRAFTS


def _usual_locale(found: Sequence[Article]) -> str:
    counts = Counter(str(each["locale"]) for each in found if each.get("locale"))
    return counts.most_common(1)[0][0] if counts else ""


def _updated(article: Article) -> tuple[str, ...]:
    """The day of the last change; how old an answer is matters to whoever reviews it."""
    when = article.get("updated_at") or article.get("edited_at")
    if isinstance(when, int):
        with suppress(ValueError, OverflowError, OSError):  # no time that a calendar has
            return (f"updated:{datetime.fromtimestamp(when, UTC).date().isoformat()}",)
    return (f"updated:{when[:10]}",) if isinstance(when, str) and when[:4].isdigit() else ()
