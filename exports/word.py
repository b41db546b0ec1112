"""WordprocessingML for what every Word file here is made of: paragraphs, tables, markings, and finishing the package.

Repeated rows are written as XML and parsed once: the library's cell by cell way takes several times as long.
What stands in a document is decided in `minutes.py`.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import docx
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.opc.pkgwriter import PackageWriter
from docx.oxml import parse_xml
from lxml import etree

from exports.custom_xml import (
    ACTIONS_PART,
    CONTENT_TYPE,
    PROPERTIES_RELATIONSHIP,
    PROPERTIES_TYPE,
    RELATIONSHIP,
    described,
    properties_of,
)
from exports.opc import zipped
from meetings.folding import RIGHT_TO_LEFT, in_order, is_right_to_left

TEMPLATE = Path(__file__).parent / "template.docx"
WIDTH = 9866
"""Width of the text on a page, in twentieths of a point."""
LONGEST_PROPERTY = 255
"""Characters that a document property may have."""
SHADE = "E9EFF1"
ALARM = "8A1F11"

ACTIONS_SCHEMA = "urn:accord:actions:1"

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SPECIAL = re.compile(r"([\n\t])")
_BETWEEN = rf"(?:(?![\n\t])[\W\d_{RIGHT_TO_LEFT}])*"
_FROM_RIGHT = re.compile(f"[{RIGHT_TO_LEFT}](?:{_BETWEEN}[{RIGHT_TO_LEFT}])?")
"""In a paragraph that is written from left to right: what is not, with the figures and signs inside it."""
_FROM_LEFT = re.compile(rf"[^\W\d_{RIGHT_TO_LEFT}](?:[^{RIGHT_TO_LEFT}\n\t]*[^\W\d_{RIGHT_TO_LEFT}])?[\u0300-\u036f]*")
"""In a paragraph that is written from right to left: words that are not."""


def _text(text: str) -> str:
    if text and "\n" not in text and "\t" not in text:
        return f'<w:t xml:space="preserve">{escape(text)}</w:t>'
    pieces = []
    for piece in _SPECIAL.split(text):
        if piece == "\n":
            pieces.append("<w:br/>")
        elif piece == "\t":
            pieces.append("<w:tab/>")
        elif piece:
            pieces.append(f'<w:t xml:space="preserve">{escape(piece)}</w:t>')
    return "".join(pieces)


def run(text: str, *, bold: bool = False, italic: bool = False, color: str = "", rtl: bool = False) -> str:
    """Return runs of text, its letters in the order in which they stand in the record.

    What is written from right to left is marked so, and nothing is added to it; `rtl` says that the paragraph is.
    """
    marks = ("<w:b/><w:bCs/>" if bold else "") + ("<w:i/><w:iCs/>" if italic else "")
    marks += f'<w:color w:val="{color}"/>' if color else ""
    if text.isascii():
        return _run(text, marks, turned=False)
    text, found, last = in_order(text), [], 0
    for match in (_FROM_LEFT if rtl else _FROM_RIGHT).finditer(text):
        if match.start() > last:
            found.append(_run(text[last : match.start()], marks, turned=rtl))
        found.append(_run(match[0], marks, turned=not rtl))
        last = match.end()
    if last < len(text) or not text:
        found.append(_run(text[last:], marks, turned=rtl))
    return "".join(found)


def _run(text: str, marks: str, *, turned: bool) -> str:
    marks += "<w:rtl/>" if turned else ""
    properties = f"<w:rPr>{marks}</w:rPr>" if marks else ""
    return f"<w:r>{properties}{_text(text)}</w:r>"


def paragraph(runs: str, style: str = "", *, keep: bool = False, rtl: bool = False) -> str:
    """Return a paragraph of runs; `keep` keeps it on one page with the next, `rtl` writes it from right to left."""
    properties = (f'<w:pStyle w:val="{style}"/>' if style else "") + ("<w:keepNext/>" if keep else "")
    properties += "<w:bidi/>" if rtl else ""
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{runs}</w:p>"


def written(text: str, style: str = "", *, bold: bool = False) -> str:
    """Return a paragraph of somebody's words, in the direction in which they are written."""
    rtl = is_right_to_left(text)
    return paragraph(run(text, bold=bold, rtl=rtl), style, rtl=rtl)


def heading(text: str, level: int, bookmark: int = 0) -> str:
    """Return a heading; with a number, one that the contents can lead to."""
    runs = run(text)
    if bookmark:
        name = f'w:id="{bookmark}" w:name="_Toc{bookmark:06}"'
        runs = f'<w:bookmarkStart {name}/>{runs}<w:bookmarkEnd w:id="{bookmark}"/>'
    return paragraph(runs, f"Heading{level}")


_NOTHING = paragraph("", "Cell")
"""What an empty cell holds: a line no higher than those beside it."""


def cell(content: str, width: int, *, shade: str = "", bar: bool = False, span: int = 1) -> str:
    """Return a cell of paragraphs; `bar` draws a bar at its left, as beside what is restricted."""
    properties = f'<w:tcW w:w="{width}" w:type="dxa"/>' + (f'<w:gridSpan w:val="{span}"/>' if span > 1 else "")
    if bar:
        properties += f'<w:tcBorders><w:left w:val="single" w:sz="36" w:space="0" w:color="{ALARM}"/></w:tcBorders>'
    if shade:
        properties += f'<w:shd w:val="clear" w:color="auto" w:fill="{shade}"/>'
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content or _NOTHING}</w:tc>"


def lines(texts: Iterable[str], *, bold: bool = False) -> str:
    """Return paragraphs of a cell, one for each text."""
    return "".join(written(text, "Cell", bold=bold) for text in texts)


_STYLE_OF_A_CELL = re.compile('(<w:pStyle w:val="Cell(?:Label)?"/>)(?!<w:keepNext/>)')


def _kept(cells: str) -> str:
    """Return cells that stay on one page with the next row."""
    return _STYLE_OF_A_CELL.sub(r"\1<w:keepNext/>", cells)


def row(cells: Iterable[str], *, header: bool = False, keep: bool = False) -> str:
    """Return a row that never splits over pages; a header row is repeated on each; `keep` keeps it with the next."""
    marks = "<w:cantSplit/>" + ("<w:tblHeader/>" if header else "")
    content = "".join(cells)
    return f"<w:tr><w:trPr>{marks}</w:trPr>{_kept(content) if keep else content}</w:tr>"


def together(rows: Iterable[str], *, whole: bool = False) -> list[str]:
    """Return the rows of a table, of which neither the first nor the last is left alone on a page; or all on one."""
    found = list(rows)
    kept = range(len(found) - 1) if whole else {0, len(found) - 2}
    for number in kept if len(found) > 1 else ():
        found[number] = _kept(found[number])
    return found


def table(
    widths: Sequence[int], rows: Iterable[str], header: Sequence[str] = (), *, over: str = "", whole: bool = False
) -> str:
    """Return a table with a header row, if one is given, and a little space after it.

    `over` is a header row that is drawn already; `whole` keeps the table on one page.
    """
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    first = over
    if header:
        cells = [
            cell(paragraph(run(label), "CellLabel", keep=True), width, shade=SHADE)
            for label, width in zip(header, widths, strict=True)
        ]
        first = row(cells, header=True)
    properties = (
        f'<w:tblStyle w:val="Lined"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        '<w:tblLook w:val="0020"/>'
    )
    space = '<w:p><w:pPr><w:spacing w:before="0" w:after="60" w:line="120" w:lineRule="exact"/></w:pPr></w:p>'
    drawn = first + "".join(together(rows, whole=whole))
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{drawn}</w:tbl>{space}"


GAP = '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="160" w:lineRule="exact"/></w:pPr></w:p>'
"""A little space: below the head of a page, however many warnings stand in it, and above a content hash alone."""


def page_break() -> str:
    """Return a paragraph after which a new page begins; it takes no room on either."""
    low = '<w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/></w:pPr>'
    return f'<w:p>{low}<w:r><w:br w:type="page"/></w:r></w:p>'


def field(code: str, shown: str) -> str:
    """Return a field that Word works out, with what is shown until then."""
    return f"{_field_begins(code)}<w:r><w:t>{escape(shown)}</w:t></w:r>{_FIELD_ENDS}"


def _field_begins(code: str) -> str:
    instruction = f'<w:r><w:instrText xml:space="preserve"> {escape(code)} </w:instrText></w:r>'
    return f'<w:r><w:fldChar w:fldCharType="begin"/></w:r>{instruction}<w:r><w:fldChar w:fldCharType="separate"/></w:r>'


_FIELD_ENDS = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def contents(entries: Sequence[tuple[int, str, int]]) -> str:
    """Return a table of contents without page numbers: level, heading and bookmark of each entry."""
    if not entries:
        return ""
    begin, end = _field_begins('TOC \\o "1-2" \\h \\n \\z \\u'), _FIELD_ENDS
    found = []
    for number, (level, text, bookmark) in enumerate(entries):
        link = f'<w:hyperlink w:anchor="_Toc{bookmark:06}" w:history="1">{run(text)}</w:hyperlink>'
        runs = (begin if number == 0 else "") + link + (end if number == len(entries) - 1 else "")
        found.append(paragraph(runs, f"TOC{level}"))
    return "".join(found)


def _fill(element: Any, content: str) -> None:
    made = parse_xml(f'<w:body xmlns:w="{_W}">{content}</w:body>')
    for old in list(element):
        element.remove(old)
    for new in list(made):
        element.append(new)


def write_package(
    body: str,
    *,
    header: str,
    footer: str,
    title: str,
    author: str,
    reference: str,
    at: datetime,
    actions: bytes | None = None,
) -> bytes:
    """Return a Word file with that body, header and footer; the same input gives the same bytes.

    With an actions file it is the data too: the file lies in it as a part of its own.
    """
    document = docx.Document(str(TEMPLATE))
    _fill(document.sections[0].header._element, header)  # noqa: SLF001  # the library offers no way to write XML there
    _fill(document.sections[0].footer._element, footer)  # noqa: SLF001
    properties = document.core_properties
    properties.title, properties.subject = (in_order(one)[:LONGEST_PROPERTY] for one in (title, reference))
    properties.author = properties.last_modified_by = in_order(author)[:LONGEST_PROPERTY]
    properties.created = properties.modified = _in_utc(at)
    properties.revision = 1
    # The whole part is parsed at once: moving thousands of elements from tree to tree takes ten times as long.
    empty = etree.tostring(document.element, encoding="unicode")
    before, mark, after = empty.partition("<w:sectPr")
    document.part._element = parse_xml(f"{before}{body}{mark}{after}")  # noqa: SLF001
    if actions is not None:
        _embed(document.part, actions)
    return zipped(_parts_of(document.part.package))


def _in_utc(moment: datetime) -> datetime:
    """Return an instant as the library takes it, which writes a Z after whatever time it is given."""
    with suppress(OverflowError):  # the first and the last day there is
        moment = moment.astimezone(UTC)
    return moment.replace(tzinfo=None)


class _Parts(dict[str, bytes]):
    """Takes parts from the library's writer as a zip would."""

    def write(self, name: PackURI, content: bytes) -> None:
        self[name.membername] = content


def _parts_of(package: Any) -> dict[str, bytes]:
    """Return the parts of a package as the library writes them.

    Its own way to save compresses them, and they would be compressed again: that takes as long as drawing two pages.
    """
    parts = _Parts()
    every = list(package.iter_parts())
    for part in every:
        part.before_marshal()
    writer: Any = PackageWriter
    writer._write_content_types_stream(parts, every)  # noqa: SLF001  # its only public way is to save
    writer._write_pkg_rels(parts, package.rels)  # noqa: SLF001  # as above
    writer._write_parts(parts, every)  # noqa: SLF001  # as above
    return parts


def _embed(part: Any, actions: bytes) -> None:
    """Put an actions file into a Word file, as a custom XML part whose only text it is."""
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    xml = f'{head}<actions xmlns="{ACTIONS_SCHEMA}">{escape(actions.decode())}</actions>'
    item = Part(PackURI(f"/{ACTIONS_PART}"), CONTENT_TYPE, xml.encode(), part.package)
    beside = PackURI(f"/{properties_of(ACTIONS_PART)}")
    properties = Part(beside, PROPERTIES_TYPE, described(ACTIONS_SCHEMA), part.package)
    item.relate_to(properties, PROPERTIES_RELATIONSHIP)
    part.relate_to(item, RELATIONSHIP)


def read_actions(package: bytes) -> bytes | None:
    """Return the actions file that lies in a Word file, if one does."""
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        if ACTIONS_PART not in opened.namelist():
            return None
        return str(etree.fromstring(opened.read(ACTIONS_PART), _PARSER).text).encode()


def read_text(package: bytes) -> str:
    """Open a Word file and return all the text of its body, in order: a newline for each paragraph and break."""
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        root = etree.fromstring(opened.read("word/document.xml"), _PARSER)
    pieces: list[str] = []
    for element in root.iter(_T, _BREAK, _TAB, _P):
        if element.tag == _T:
            pieces.append(element.text or "")
        elif element.tag == _TAB:
            # A tab stop in a paragraph's properties is none that is read.
            if (parent := element.getparent()) is not None and parent.tag == _R:
                pieces.append("\t")
        else:
            pieces.append("\n")
    return "".join(pieces)


_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)
_T, _BREAK, _TAB, _P, _R = (f"{{{_W}}}{name}" for name in ("t", "br", "tab", "p", "r"))
