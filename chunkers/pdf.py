"""PDF: lines from PDFium put together to paragraphs, headings told by their size, ruled tables by pdfplumber."""

import ctypes
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from statistics import median
from threading import Lock
from typing import NamedTuple

import pdfplumber
import pypdfium2
from pypdfium2 import raw

from chunkers.composing import Composer
from chunkers.document import DocumentType, Parsed
from chunkers.errors import Unreadable, UnreadableDocument
from chunkers.tables import header_rows

MOST_PAGES = 5_000
_MOST_TABLE_PAGES = 200
_MOST_PATHS = 3_000
"""A page with more drawn paths is a drawing or a map, where looking for tables takes minutes."""

_pdfium = Lock()
"""PDFium keeps global state: one document at a time in the process."""

_LINE_END = re.compile(r"[\r\n]+|(?<=[\x02\ufffe])")
_HYPHENS = ("\x02", "\ufffe", "\xad")
_ITEM = re.compile(r"(?:[-•‣◦▪●○*–]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})[.)])\s+\S")
_NUMBERED = re.compile(r"(?:(?:article|section|chapter|part)\s+)?(\d{1,2}(?:\.\d{1,2})*)[.:)]?\s+[A-Z]", re.IGNORECASE)
_FILE_NAME = re.compile(r"\.\w{3,4}$|^Microsoft \w+ - ")
_DIGITS = re.compile(r"\d+")
_Box = tuple[float, float, float, float]
"""Left, top, right, bottom in points from the upper left corner, as pdfplumber has it."""

_MARGIN = 0.09
_BOLD = 600
_MOST_LINES_BETWEEN = 3
"""Lines, such as a page's head and foot, that may stand between two parts of one table."""

_NUMBERING_MARGIN = 0.25
_FEWEST_LINE_NUMBERS = 15


class _Line(NamedTuple):
    """A line of a page; coordinates in points from the lower left corner of the page."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    bold: bool

    @property
    def height(self) -> float:
        return round((self.top - self.bottom) * 2) / 2


@dataclass(frozen=True, slots=True)
class _Page:
    width: float
    height: float
    lines: list[_Line]
    ruled: bool


@dataclass(frozen=True, slots=True)
class _Table:
    """A table, and the box it covers, in the coordinates of `_Line`."""

    left: float
    bottom: float
    right: float
    top: float
    rows: list[list[str]]

    def holds(self, line: _Line) -> bool:
        middle = (line.bottom + line.top) / 2
        return self.bottom - 1 <= middle <= self.top + 1 and self.left - 2 <= line.left <= self.right + 2


def parse(data: bytes) -> Parsed:
    """Parse a PDF file; the text is its paragraphs in reading order, running heads and page numbers left out.

    Raises UnreadableDocument: ENCRYPTED, TRUNCATED, MALFORMED, TOO_LARGE past 5,000 pages, NO_TEXT for a scan.
    """
    with _pdfium:
        pages, tables, title, warnings = _read(data)
    silent = [str(number) for number, page in enumerate(pages, 1) if not page.lines]
    if len(silent) == len(pages):
        raise UnreadableDocument(
            Unreadable.NO_TEXT, f"none of the {len(pages)} pages holds text: scanned pictures need OCR first"
        )
    if silent:
        warnings.append(f"no text on page {', '.join(silent[:20])}: empty or scanned")
    composer = Composer()
    _Writer(composer, pages).write(tables)
    return composer.parsed(DocumentType.PDF, title, warnings)


def _read(data: bytes) -> tuple[list[_Page], dict[int, list[_Table]], str, list[str]]:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise _unreadable(data, str(error)) from None
    with document:
        if len(document) > MOST_PAGES:
            raise UnreadableDocument(
                Unreadable.TOO_LARGE, f"the document has {len(document):,} pages; the limit is {MOST_PAGES:,}: split it"
            )
        if not len(document):
            raise _unreadable(data, "no pages")
        title = _title(document.get_metadata_dict().get("Title", ""))
        pages = [_read_page(document, number) for number in range(len(document))]
        tables, warnings = _tables(data, document, pages)
    return pages, tables, title, warnings


def _title(title: str) -> str:
    """Return the title unless it is a file's name, as word processors like to put there."""
    title = " ".join(title.split())
    return "" if " " not in title or _FILE_NAME.search(title) else title


def _unreadable(data: bytes, message: str) -> UnreadableDocument:
    if "password" in message.lower() or "security" in message.lower():
        return UnreadableDocument(Unreadable.ENCRYPTED, "the PDF is encrypted; send it without a password")
    if b"%PDF-" not in data[:1024]:
        return UnreadableDocument(Unreadable.MALFORMED, "not a PDF: the first kilobyte holds no %PDF- header")
    if b"%%EOF" not in data[-2048:]:
        return UnreadableDocument(Unreadable.TRUNCATED, "the PDF ends before its %%EOF mark; send the file again")
    return UnreadableDocument(Unreadable.MALFORMED, f"PDFium cannot read the PDF: {message}")


def _read_page(document: pypdfium2.PdfDocument, number: int) -> _Page:
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return _Page(0, 0, [], ruled=False)
    width, height = page.get_size()
    textpage = page.get_textpage()
    lines = list(_lines(textpage))
    paths = sum(
        1 for _ in zip(page.get_objects([raw.FPDF_PAGEOBJ_PATH], max_depth=3), range(_MOST_PATHS), strict=False)
    )
    textpage.close()
    ruled = 4 <= paths < _MOST_PATHS and page.get_rotation() == 0 and bool(lines)
    page.close()
    return _Page(width, height, lines, ruled)


def _lines(textpage: pypdfium2.PdfTextPage) -> Iterator[_Line]:
    """Yield the lines; the text is taken character by character, since only so do positions stay in step with it."""
    codes = [raw.FPDFText_GetUnicode(textpage, index) for index in range(textpage.count_chars())]
    text = "".join(chr(code) if code else " " for code in codes)
    position = 0
    for gap in (*_LINE_END.finditer(text), None):
        end = gap.start() if gap else len(text)
        line = text[position:end]
        first = position + len(line) - len(line.lstrip())
        last = position + len(line.rstrip()) - 1
        if first <= last:
            left, bottom, _, top = _box(textpage, first)
            right = _box(textpage, last)[2]
            weight = min(raw.FPDFText_GetFontWeight(textpage, index) for index in (first, last))
            yield _Line(_joined(text[first : last + 1]), left, bottom, right, top, weight >= _BOLD)
        position = gap.end() if gap else end


def _joined(text: str) -> str:
    """Return the text with surrogate pairs, which PDFium counts as two, joined to characters."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _box(textpage: pypdfium2.PdfTextPage, index: int) -> tuple[float, float, float, float]:
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(textpage, index, ctypes.byref(box))
    return box.left, box.bottom, box.right, box.top


def _tables(
    data: bytes, document: pypdfium2.PdfDocument, pages: Sequence[_Page]
) -> tuple[dict[int, list[_Table]], list[str]]:
    """Return the tables with drawn borders: pdfplumber finds the cells, PDFium reads the text in them."""
    ruled = [number for number, page in enumerate(pages) if page.ruled][:_MOST_TABLE_PAGES]
    if not ruled:
        return {}, []
    found: dict[int, list[_Table]] = {}
    try:
        with pdfplumber.open(BytesIO(data), pages=[number + 1 for number in ruled]) as plumbed:
            for page in plumbed.pages:
                textpage = document[page.page_number - 1].get_textpage()
                found[page.page_number - 1] = [
                    _table(textpage, table.bbox, [row.cells for row in table.rows], page.height)
                    for table in page.find_tables()
                ]
                page.close()
    except Exception as error:  # noqa: BLE001 -- pdfminer raises its own, struct's, zlib's and Python's errors on malformed files
        return found, [f"some tables were read as plain lines: pdfplumber failed with {type(error).__name__}"]
    return found, []


def _table(textpage: pypdfium2.PdfTextPage, box: _Box, rows: Sequence[Sequence[_Box | None]], height: float) -> _Table:
    left, top, right, bottom = box
    texts = [["" if cell is None else _cell_text(textpage, cell, height) for cell in row] for row in rows]
    return _Table(left, height - bottom, right, height - top, texts)


def _cell_text(textpage: pypdfium2.PdfTextPage, cell: _Box, height: float) -> str:
    left, top, right, bottom = cell
    text = textpage.get_text_bounded(left, height - bottom, right, height - top)
    return _unwrapped(_LINE_END.split(text))


class _Writer:
    """Puts the lines of all pages together to headings, paragraphs, lists and tables."""

    def __init__(self, composer: Composer, pages: Sequence[_Page]) -> None:
        self._composer = composer
        self._pages = pages
        sizes: Counter[float] = Counter()
        for page in pages:
            for line in page.lines:
                sizes[line.height] += len(line.text)
        self._body = sizes.most_common(1)[0][0]
        larger = sorted((size for size in sizes if size > self._body * 1.12), reverse=True)
        self._levels = {size: min(4, rank) for rank, size in enumerate(larger, 1)}
        self._running = _running_lines(pages)
        self._paragraph: list[_Line] = []
        self._items: list[str] = []
        self._columns: list[str] = []
        self._since_table = 0

    def write(self, tables: dict[int, list[_Table]]) -> None:
        """Write all pages."""
        for number, page in enumerate(self._pages):
            self._flush_items()
            self._composer.page()
            waiting = [table for table in tables.get(number, []) if _reads_better(table, page)]
            written: set[int] = set()
            numbers = _line_numbers(page)
            for line in page.lines:
                table = next((one for one in waiting if one.holds(line)), None)
                if table is None:
                    if not self._is_running(line, page) and id(line) not in numbers:
                        self._line(line)
                elif id(table) not in written:
                    written.add(id(table))
                    self._table(table)
            self._flush_paragraph()
        self._flush_items()

    def _line(self, line: _Line) -> None:
        self._since_table += 1
        if self._paragraph and not self._continues(self._paragraph[-1], line):
            self._flush_paragraph()
        self._paragraph.append(line)

    def _continues(self, last: _Line, line: _Line) -> bool:
        """Tell whether a line belongs to the same paragraph as the line before it."""
        if abs(last.height - line.height) > 1 or last.bold != line.bold or _ITEM.match(line.text):
            return False
        height = max(last.height, line.height, 1)
        drop = last.bottom - line.bottom
        if drop < -height:
            return not last.text.rstrip().endswith((".", "!", "?", ":"))
        ends_early = last.text.rstrip().endswith((".", "!", "?", ":")) and last.right < line.right - 4 * height
        return drop <= 1.75 * height and not ends_early

    def _flush_paragraph(self) -> None:
        lines, self._paragraph = self._paragraph, []
        text = _unwrapped([line.text for line in lines])
        if not text:
            return
        level = self._heading_level(lines, text)
        if level:
            self._flush_items()
            self._composer.heading(level, text)
        elif _ITEM.match(text):
            self._items.append(text)
        else:
            self._flush_items()
            self._composer.paragraph(text)

    def _flush_items(self) -> None:
        self._composer.items(self._items)
        self._items = []

    def _heading_level(self, lines: Sequence[_Line], text: str) -> int:
        """Return the level of a heading, 0 for anything else."""
        if len(lines) > 3 or len(text) > 160 or not any(mark.isalpha() for mark in text) or text.endswith((",", ";")):
            return 0
        size = median(line.height for line in lines)
        by_size = self._levels.get(round(size * 2) / 2, 0)
        numbered = _NUMBERED.match(text)
        if by_size:
            return by_size
        if lines[0].bold and len(lines) == 1 and not text.endswith((".", ":")) and len(text) < 90:
            return len(self._levels) + (1 + numbered[1].count(".") if numbered else 1)
        return 0

    def _is_running(self, line: _Line, page: _Page) -> bool:
        return _at_edge(line, page) and (_masked(line) in self._running or line.text.strip().isdecimal())

    def _table(self, table: _Table) -> None:
        self._flush_paragraph()
        self._flush_items()
        rows = table.rows
        near, self._since_table = self._since_table <= _MOST_LINES_BETWEEN, 0
        if near and self._columns and len(rows[0]) == len(self._columns):
            rows = [row for row in rows if row != self._columns]
            self._composer.table(rows, 0, continued=self._columns)
            return
        headers = header_rows(rows[:6])
        self._composer.table(rows, headers)
        self._columns = rows[headers - 1] if headers else []


def _reads_better(table: _Table, page: _Page) -> bool:
    """Tell whether the table is one, and its cells hold all the text of the lines that it replaces."""
    if len(table.rows) < 2 or max(len(row) for row in table.rows) < 2:
        return False
    inside = sum(len("".join(line.text.split())) for line in page.lines if table.holds(line))
    cells = sum(len("".join(cell.split())) for row in table.rows for cell in row)
    filled = sum(bool(cell) for row in table.rows for cell in row)
    return 0 < inside <= cells * 1.03 + 2 and filled * 4 >= sum(len(row) for row in table.rows)


def _running_lines(pages: Sequence[_Page]) -> frozenset[str]:
    """Return the lines, digits masked, that stand at the edge of at least three pages and a third of all."""
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_masked(line) for line in page.lines if _at_edge(line, page)})
    return frozenset(text for text, count in seen.items() if count >= 3 and count * 3 >= len(pages))


def _line_numbers(page: _Page) -> frozenset[int]:
    """Return the ids of the lines that only number those beside them, as in transcripts and bills: 1, 2, 3 at the left."""
    numbers = [
        line for line in page.lines if line.text.strip().isdecimal() and line.left < page.width * _NUMBERING_MARGIN
    ]
    counted = [int(line.text) for line in numbers]
    if len(counted) < _FEWEST_LINE_NUMBERS or counted != list(range(1, len(counted) + 1)):
        return frozenset()
    return frozenset(map(id, numbers))


def _at_edge(line: _Line, page: _Page) -> bool:
    return line.bottom > page.height * (1 - _MARGIN) or line.top < page.height * _MARGIN


def _masked(line: _Line) -> str:
    return _DIGITS.sub("0", " ".join(line.text.split()))


def _unwrapped(lines: Sequence[str]) -> str:
    """Join the lines of a paragraph, and the halves of a word hyphenated at a line's end."""
    text = ""
    for line in lines:
        piece = " ".join(line.split())
        if text.endswith(_HYPHENS):
            text = text[:-1] + ("" if piece[:1].islower() else "-") + piece
        else:
            text = f"{text} {piece}" if text and piece else text + piece
    return text[:-1] + "-" if text.endswith(_HYPHENS) else text
