"""Small sound sources of every kind that can be read, to be broken: see `mutants`."""

import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks import exports

SAMPLES = Path(__file__).parents[1] / "samples" / "faq"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r" Type="{kind}" Target="{target}"/></Relationships>'
)
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_PDF = """%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length 77>>stream
BT /F 9 Tf 9 90 Td (What does it cost?) Tj 0 -12 Td (Nothing at all.) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R/Size 6>>
"""


class Seed(NamedTuple):
    source: Path
    """What is named on the command line."""
    file: Path
    """What of it is broken: itself, or a file below it."""
    content: bytes


def written(folder: Path) -> list[Seed]:
    """Write every seed below a folder, each into one of its own."""
    files = [*_documents(folder), *_office(folder), *_alone(folder)]
    found = [Seed(each, each, each.read_bytes()) for each in files]
    export = folder / "export"
    exports.export(folder / "packed.zip", 2 * exports.CHANNEL)
    with zipfile.ZipFile(folder / "packed.zip") as archive:
        names = ["users.json", "channels.json", "channel-0/2023-11-14.json"]
        archive.extractall(export, [*names, "channel-1/2023-11-14.json"])
    (folder / "packed.zip").unlink()
    small = [("channel-0", 12), ("channel-1", 5)]
    for channel, count in small:
        day = export / channel / "2023-11-14.json"
        day.write_text(json.dumps(json.loads(day.read_text())[:count]))
    # Days are what most of an export is, so they are broken most often.
    of_export = (*names, *names[2:] * 3)
    found += [Seed(export, export / x, (export / x).read_bytes()) for x in of_export]
    return found


def _documents(folder: Path) -> Iterator[Path]:
    for sample in sorted(SAMPLES.iterdir()):
        if sample.name != "truth.json":
            yield _put(folder / sample.name / sample.name, sample.read_bytes())


def _office(folder: Path) -> Iterator[Path]:
    said = "".join(f"<w:p><w:r><w:t>{x}</w:t></w:r></w:p>" for x in ("Q: Is it free?", "A: Yes."))
    document = f'<w:document xmlns:w="{_WORD}"><w:body>{said}</w:body></w:document>'
    yield _package(folder / "docx" / "faq.docx", "word/document.xml", {"": document})
    texts = (("question", "answer"), ("Is it free?", "Yes."), ("May I?", "You may."))
    cells = (f'<c t="inlineStr"><is><t>{x}</t></is></c>' for row in texts for x in row)
    rows = "".join(f"<row>{one}{other}</row>" for one, other in zip(cells, cells, strict=True))
    sheet = f'<worksheet xmlns="{_SHEET}"><sheetData>{rows}</sheetData></worksheet>'
    book = f'<workbook xmlns="{_SHEET}" xmlns:r="{_RELATED}"><sheets><sheet name="S" sheetId="1" r:id="r"/></sheets></workbook>'
    related = _RELATIONS.format(kind=f"{_RELATED}/worksheet", target="worksheets/sheet1.xml")
    more = {"xl/worksheets/sheet1.xml": sheet, "xl/_rels/workbook.xml.rels": related}
    yield _package(folder / "xlsx" / "faq.xlsx", "xl/workbook.xml", {"": book, **more})
    yield _put(folder / "pdf" / "faq.pdf", _PDF.encode())


def _alone(folder: Path) -> Iterator[Path]:
    """Slack messages in files of other tools, and an export that is packed."""
    messages = [
        {"type": "message", "user": "U1", "text": "How do I log in?", "ts": "1700000000.000100"},
        {"type": "message", "user": "U2", "text": "With your e-mail.", "ts": "1700000060.000100",
         "thread_ts": "1700000000.000100"},
    ]  # fmt: skip
    lines = [json.dumps(each) for each in messages]
    yield _put(folder / "lines" / "help.jsonl", "\n".join(lines).encode())
    page = json.dumps({"ok": True, "messages": messages, "has_more": False})
    yield _put(folder / "page" / "help.json", page.encode())
    path = folder / "crawl" / "crawl.sqlite"
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as crawl, crawl:
        crawl.execute("CREATE TABLE MESSAGE (ID, CHUNK_ID, CHANNEL_ID TEXT, DATA BLOB)")
        rows = [(number, 1, "C1", line.encode()) for number, line in enumerate(lines)]
        crawl.executemany("INSERT INTO MESSAGE VALUES (?, ?, ?, ?)", rows)
    yield path
    path = folder / "zip" / "team.zip"
    path.parent.mkdir(parents=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("users.json", '[{"id": "U1", "name": "lena"}]')
        archive.writestr("help/2023-11-14.json", json.dumps(messages))
    yield path


def _put(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def _package(path: Path, main: str, parts: dict[str, str]) -> Path:
    """An office file: its main part has no name in `parts`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        kind = f"{_RELATED}/officeDocument"
        archive.writestr("_rels/.rels", _RELATIONS.format(kind=kind, target=main))
        for name, content in parts.items():
            archive.writestr(name or main, content)
    return path
