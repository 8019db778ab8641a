"""What hangs on a Slack message: cards of apps, shared messages, pasted tables, snippets.

Previews of links that a message already holds are left alone; so is every file but text that
was posted as one. URLs of files are never looked at.
"""

from collections.abc import Iterator

import msgspec

from curation.sources import blocks, decoding, mrkdwn
from curation.sources.mrkdwn import Names

_NOTHING = "[no preview available]"
"""What Slack puts as the fallback of cards that are made of blocks."""


class Field(msgspec.Struct):
    title: str | None = None
    value: str | int | float | bool | None = None


class Shared(msgspec.Struct):
    """A message inside a card."""

    blocks: msgspec.Raw = msgspec.Raw()


class SharedIn(msgspec.Struct):
    message: Shared | None = None


class Attachment(msgspec.Struct):
    pretext: str | None = None
    title: str | None = None
    title_link: str | None = None
    text: str | None = None
    fallback: str | None = None
    author_id: str | None = None
    is_share: bool | None = None
    is_msg_unfurl: bool | None = None
    fields: list[Field] | None = None
    blocks: msgspec.Raw = msgspec.Raw()
    message_blocks: list[SharedIn] | None = None


class File(msgspec.Struct):
    mode: str | None = None
    filetype: str | None = None
    preview: str | None = None


_attachments = msgspec.json.Decoder(list[Attachment] | None).decode
_files = msgspec.json.Decoder(list[File] | None).decode


def cards(raw: msgspec.Raw, names: Names) -> str:
    """Everything that the attachments say; for messages that say nothing else."""
    said = (_card(each, names) for each in _all(raw))
    return "\n\n".join(filter(None, said))


def tables(raw: msgspec.Raw, names: Names) -> str:
    """The tables that were pasted beside the text; Slack keeps them nowhere else."""
    if b'"table"' not in bytes(raw):
        return ""
    said = (blocks.tables(each.blocks, names) for each in _all(raw) if each.blocks)
    return "\n\n".join(filter(None, said))


def snippets(raw: msgspec.Raw) -> str:
    """Code and notes that were posted as a file, as far as the archive shows them."""
    if b'"preview"' not in bytes(raw):
        return ""
    try:
        files = _files(decoding.mended(bytes(raw))) or []
    except decoding.UNREADABLE:
        return ""
    return "\n\n".join(filter(None, map(_snippet, files)))


def _all(raw: msgspec.Raw) -> Iterator[Attachment]:
    """The attachments that can be read."""
    try:
        yield from _attachments(raw) or ()
    except decoding.UNREADABLE:
        try:
            yield from decoding.converted(decoding.items(bytes(raw)), Attachment)
        except ValueError:
            return


def _card(card: Attachment, names: Names) -> str:
    if card.author_id and names.is_forgotten(card.author_id):
        return ""
    said = "\n\n".join(filter(None, _parts(card, names)))
    if not said and card.fallback != _NOTHING:
        said = mrkdwn.decode(card.fallback or "", names)
    if said and (card.is_share or card.is_msg_unfurl):
        return "\n".join(f"> {line}".rstrip() for line in said.split("\n"))
    return said


def _parts(card: Attachment, names: Names) -> Iterator[str]:
    yield mrkdwn.decode(card.pretext or "", names)
    title = mrkdwn.decode(card.title or "", names)
    yield mrkdwn.link(card.title_link, title) if title and card.title_link else title
    shared = [each.message.blocks for each in card.message_blocks or () if each.message]
    inside = [blocks.decode(each, names) for each in (card.blocks, *shared) if each]
    yield from inside
    if not any(inside):
        yield mrkdwn.decode(card.text or "", names)
    yield "\n".join(_field(each, names) for each in card.fields or ())


def _field(field: Field, names: Names) -> str:
    value = mrkdwn.decode("" if field.value is None else str(field.value), names)
    title = mrkdwn.decode(field.title or "", names)
    return f"**{title}:** {value}" if title else value


def _snippet(file: File) -> str:
    said = (file.preview or "").replace("\r\n", "\n").strip("\n")
    if file.mode == "snippet" and said:
        language = "" if file.filetype in (None, "text") else str(file.filetype)
        return mrkdwn.fence(said, language).strip("\n")
    return said.strip() if file.mode in ("post", "space") else ""
