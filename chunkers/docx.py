"""DOCX: headings, numbered paragraphs, lists, tables and text boxes, read from the XML (ECMA-376, strict or not)."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element

from chunkers.archives import Archive
from chunkers.composing import Composer
from chunkers.document import ChunkKind, DocumentType, Parsed
from chunkers.docx_numbering import Numbering
from chunkers.errors import Unreadable, UnreadableDocument
from chunkers.tables import header_rows

_HEADING_STYLE = re.compile(r"heading (\d)$", re.IGNORECASE)
_CODE_STYLE = re.compile(r"code|source|listing|preformatted|macro text", re.IGNORECASE)
_NOT_SHOWN = frozenset({"del", "moveFrom", "instrText", "Fallback", "rPr", "pPr", "sectPr", "txbxContent", "delText"})
_WRAPPERS = frozenset({"sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "AlternateContent", "Choice"})
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}


class _Style(NamedTuple):
    name: str
    outline: int | None
    list_id: str
    level: int


_PLAIN = _Style("", None, "", 0)


def parse(data: bytes) -> Parsed:
    """Parse a DOCX file; the text is its paragraphs, with the numbers that Word shows, and its tables row by row.

    Deleted text, headers and footers are left out; footnotes follow at the end.
    Raises UnreadableDocument or UnsupportedType.
    """
    archive = Archive(data)
    main = next((name for name in archive.names() if re.fullmatch(r"word/document\d*\.xml", name)), "")
    root = archive.xml(main)
    body = None if root is None else root.find("body")
    if body is None:
        raise UnreadableDocument(Unreadable.MALFORMED, "the archive holds no word/document.xml: not a DOCX file")
    reader = _Reader(_styles(archive.xml("word/styles.xml")), Numbering(archive.xml("word/numbering.xml")))
    reader.read(body)
    for notes in ("word/footnotes.xml", "word/endnotes.xml"):
        reader.read_notes(archive.xml(notes))
    if not reader.composer.has_text:
        raise UnreadableDocument(Unreadable.NO_TEXT, "the document holds no text, only pictures or nothing at all")
    return reader.composer.parsed(DocumentType.DOCX, _title(archive.xml("docProps/core.xml")))


class _Reader:
    def __init__(self, styles: dict[str, _Style], numbering: Numbering) -> None:
        self.composer = Composer()
        self._styles = styles
        self._numbering = numbering
        self._items: list[str] = []
        self._code: list[str] = []

    def read(self, root: Element) -> None:
        """Write the paragraphs and tables of the element, in order."""
        for element in _flow(root):
            if element.tag == "tbl":
                self._table(element)
            else:
                self._paragraph(element)
                for box in _boxes(element):
                    self.read(box)
        self._flush()

    def read_notes(self, root: Element | None) -> None:
        """Write footnotes or endnotes, but for the separators that Word keeps among them."""
        for note in () if root is None else root:
            if note.get("type") is None:
                self.read(note)

    def _paragraph(self, paragraph: Element) -> None:
        style, own = self._style(paragraph)
        text = _text(paragraph)
        label = self._numbering.label(own.list_id, own.level) if own.list_id and text.strip() else ""
        numbered = f"{label} {text}" if label else text
        if style.name.casefold() == "title" and text.strip() and not self.composer.has_text:
            self.composer.heading(1, text)
        elif own.outline is not None:
            self._flush()
            self.composer.heading(own.outline + 1, " ".join(numbered.replace("-", "", label == "-").split()))
        elif label:
            self._flush_code()
            self._items.append("  " * own.level + numbered.strip())
        elif _CODE_STYLE.search(style.name):
            self._flush_items()
            self._code.append(text)
        elif text.strip():
            self._flush()
            self.composer.paragraph(text)

    def _style(self, paragraph: Element) -> tuple[_Style, _Style]:
        """Return the paragraph's style as named, and as its own properties change it."""
        properties = paragraph.find("pPr")
        if properties is None:
            return _PLAIN, _PLAIN
        style = self._styles.get(_value(properties, "pStyle"), _PLAIN)
        outline = _value(properties, "outlineLvl")
        list_id, level = _value(properties, "numPr/numId"), _value(properties, "numPr/ilvl")
        return style, _Style(
            style.name,
            int(outline) if outline.isdecimal() and int(outline) < 9 else style.outline,
            "" if list_id == "0" else list_id or style.list_id,
            min(8, int(level)) if level.isdecimal() else style.level,
        )

    def _table(self, table: Element) -> None:
        rows = _grid(table)
        if max((len(row) for row in rows), default=0) < 2:
            for cell in table.iter("tc"):
                self.read(cell)
            return
        self._flush()
        marked = sum(row.find("trPr/tblHeader") is not None for row in _rows(table))
        self.composer.table(rows, min(marked, len(rows) - 1) or header_rows(rows[:6]))

    def _flush(self) -> None:
        self._flush_items()
        self._flush_code()

    def _flush_items(self) -> None:
        self.composer.items(self._items)
        self._items = []

    def _flush_code(self) -> None:
        self.composer.paragraph("\n".join(self._code), ChunkKind.CODE)
        self._code = []


def _flow(root: Element) -> Iterator[Element]:
    """Yield the paragraphs and tables under the element, looking through wrappers such as content controls."""
    waiting = list(reversed(root))
    while waiting:
        element = waiting.pop()
        if element.tag in {"p", "tbl"}:
            yield element
        elif element.tag in _WRAPPERS:
            waiting.extend(reversed(element))


def _text(paragraph: Element) -> str:
    pieces: list[str] = []
    waiting = list(reversed(paragraph))
    while waiting:
        element = waiting.pop()
        if element.tag == "t":
            pieces.append(element.text or "")
        elif element.tag in _SIGNS:
            pieces.append(_SIGNS[element.tag])
        elif element.tag not in _NOT_SHOWN:
            waiting.extend(reversed(element))
    return "".join(pieces)


def _boxes(paragraph: Element) -> Iterator[Element]:
    """Yield the text boxes anchored in the paragraph, each once."""
    waiting = list(reversed(paragraph))
    while waiting:
        element = waiting.pop()
        if element.tag == "txbxContent":
            yield element
        elif element.tag != "Fallback":
            waiting.extend(reversed(element))


def _rows(table: Element) -> list[Element]:
    return [row for part in table for row in ([part] if part.tag == "tr" else part.findall("sdtContent/tr"))]


def _grid(table: Element) -> list[list[str]]:
    """Return the cells' texts; a cell merged downwards repeats, one merged sideways is followed by empty ones."""
    grid: list[list[str]] = []
    for row in _rows(table):
        cells: list[str] = []
        for cell in (*row.findall("tc"), *row.findall("sdt/sdtContent/tc")):
            span = _value(cell, "tcPr/gridSpan")
            merge = cell.find("tcPr/vMerge")
            continued = merge is not None and merge.get("val", "continue") == "continue"
            above = grid[-1][len(cells)] if continued and grid and len(cells) < len(grid[-1]) else ""
            text = above if continued else " ".join(_cell_text(cell).split())
            cells.extend([text] + [""] * (min(int(span), 100) - 1 if span.isdecimal() else 0))
        grid.append(cells)
    return [row for row in grid if row]


def _cell_text(cell: Element) -> str:
    return "\n".join(_text(paragraph) for paragraph in cell.iter("p"))


def _styles(root: Element | None) -> dict[str, _Style]:
    found = {} if root is None else {style.get("styleId", ""): style for style in root.findall("style")}
    return {name: _resolved(style, found) for name, style in found.items()}


def _resolved(style: Element, styles: dict[str, Element]) -> _Style:
    """Return what the style says, or else the styles it is based on."""
    outline, list_id, level = "", "", ""
    base: Element | None = style
    for _ in range(20):
        if base is None:
            break
        heading = _HEADING_STYLE.match(_value(base, "name"))
        title = _value(base, "name").lower() == "title"
        outline = outline or (str(int(heading[1]) - 1) if heading else "0" if title else _value(base, "pPr/outlineLvl"))
        list_id = list_id or _value(base, "pPr/numPr/numId")
        level = level or _value(base, "pPr/numPr/ilvl")
        base = styles.get(_value(base, "basedOn"))
    return _Style(
        _value(style, "name"),
        int(outline) if outline.isdecimal() and int(outline) < 9 else None,
        "" if list_id == "0" else list_id,
        min(8, int(level)) if level.isdecimal() else 0,
    )


def _title(core: Element | None) -> str:
    title = None if core is None else core.find("title")
    return "" if title is None else " ".join((title.text or "").split())


def _value(element: Element, path: str) -> str:
    found = element.find(path)
    return "" if found is None else found.get("val", "")
