"""Exports of help centres: Zendesk, Intercom, Freshdesk, Help Scout. A title asks, a page of HTML answers."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from curation.sources import languages, titles, webpage
from curation.sources.units import Found, Notes, Unit
from data.records import Drop

Article = dict[str, object]

_OWN = frozenset(
    "section_id folder_id category_id description_text desc_un_html seo_data agent_id workspace_id "
    "collectionId label_names promoted translated_content parent_type".split()
)
"""What only articles of a help centre have."""
_MARKS = _OWN | frozenset(
    "locale draft html_url author_id state parent_id status source_locale updated_at updatedAt slug "
    "publicUrl number".split()
)
DRAFTS = ("draft", "1", "unpublished", "notpublished")


def shelf(found: object) -> list[Article]:
    """The articles of an export, however they are nested; none where it is something else."""
    if isinstance(found, list):
        return [article for each in found for article in shelf(each)]
    if not isinstance(found, dict):
        return []
    below = [article for each in found.values() for article in shelf(each)]
    has_body = _body(found) is not None or "body" in found
    if below or not _title(found) or not has_body:
        return below
    return [found] if _OWN & found.keys() and len(_MARKS & found.keys()) >= 2 else []


def read(found: Sequence[Article], name: str, notes: Notes) -> Iterator[Found]:
    """Yield the published articles in the language that most of them are in."""
    published = [each for each in found if not _is_draft(each)]
    locale = _usual_locale(published)
    if locale:
        notes.names["locale"].append(locale)
    for number, article in enumerate(found):
        where = f"{name}#{article.get('id') or number}"
        title = titles.clean(_title(article))
        told = webpage.to_markdown(_body(article) or "")
        tongues = article.get("translated_content")
        notes.counts["translations left out"] += (
            len(tongues) - 1 if isinstance(tongues, dict) else 0
        )
        if _is_draft(article):
            yield Drop("draft", where, evidence=title)
        elif locale and str(article.get("locale") or locale) != locale:
            yield Drop("other-locale", where, evidence=title)
        elif not title or not told:
            yield Drop("no-answer" if title else "no-question", where, evidence=title or told)
        else:
            notes.counts["entries"] += 1
            signals: tuple[str, ...] = () if titles.asks(title) else ("statement",)
            language = languages.code(
                str(article.get("locale") or article.get("default_locale") or "")
            )
            signals += _updated(article)
            yield Unit("faq", title, where, told, signals=signals, language=language)


def _title(article: Article) -> str:
    found = article.get("title") or article.get("name")
    return found if isinstance(found, str) else ""


def _body(article: Article) -> str | None:
    for key in ("body", "description", "content", "text"):
        if isinstance(found := article.get(key), str):
            return found
    return None


def _is_draft(article: Article) -> bool:
    state = str(article.get("state") or article.get("status") or "").lower()
    return str(article.get("draft")).lower() == "true" or state in DRAFTS


def _usual_locale(found: Sequence[Article]) -> str:
    counts = Counter(str(each["locale"]) for each in found if each.get("locale"))
    return counts.most_common(1)[0][0] if counts else ""


def _updated(article: Article) -> tuple[str, ...]:
    """The day of the last change; how old an answer is matters to whoever reviews it."""
    named = ("updated_at", "edited_at", "updatedAt")
    when = next((article[key] for key in named if article.get(key)), None)
    if isinstance(when, int):
        with suppress(ValueError, OverflowError, OSError):  # no time that a calendar has
            return (f"updated:{datetime.fromtimestamp(when, UTC).date().isoformat()}",)
    return (f"updated:{when[:10]}",) if isinstance(when, str) and when[:4].isdigit() else ()
