"""XLSX: every sheet a section, its rows with the header said again in every chunk."""

import re
from datetime import date, datetime, time
from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from chunkers.archives import Archive
from chunkers.composing import Composer
from chunkers.document import DocumentType, Parsed
from chunkers.errors import Unreadable, UnreadableDocument
from chunkers.tables import header_rows

MOST_CELLS = 5_000_000
"""Of the rectangle that a sheet spans, empty cells included, since that is what reading it allocates."""

_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')


def parse(data: bytes) -> Parsed:
    """Parse an XLSX workbook; the text is each sheet's name and its rows, cells between bars, formulas as their values.

    Raises UnreadableDocument or UnsupportedType.
    """
    _check_size(Archive(data))
    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as workbook:
            sheets = [(name, workbook.get_sheet_by_name(name).to_python()) for name in workbook.sheet_names]
    except PasswordError:
        raise UnreadableDocument(
            Unreadable.ENCRYPTED, "the workbook is encrypted; send it without a password"
        ) from None
    except (CalamineError, OSError) as error:
        raise UnreadableDocument(Unreadable.MALFORMED, f"not a readable workbook: {error}") from None
    composer = Composer()
    for name, rows in sheets:
        filled = [texts for row in rows if any(texts := [_shown(value) for value in row])]
        if filled:
            composer.page()
            composer.heading(1, name)
            composer.table(filled, header_rows(filled[:6]))
    if not composer.has_text:
        raise UnreadableDocument(Unreadable.EMPTY, f"none of the {len(sheets)} sheets holds a value")
    return composer.parsed(DocumentType.XLSX)


def _check_size(archive: Archive) -> None:
    """Refuse a sheet whose few cells lie so far apart that the rectangle between them would fill the memory."""
    for name in archive.names():
        if not name.startswith("xl/worksheets/") or not name.endswith(".xml"):
            continue
        rows: list[int] = [0, 0]
        columns: list[int] = [0, 0]
        for cell in _CELL.finditer(archive.content(name) or b""):
            row, column = int(cell[2]), _column(cell[1])
            rows = [min(rows[0] or row, row), max(rows[1], row)]
            columns = [min(columns[0] or column, column), max(columns[1], column)]
        size = (rows[1] - rows[0] + 1) * (columns[1] - columns[0] + 1)
        if size > MOST_CELLS:
            raise UnreadableDocument(
                Unreadable.TOO_LARGE, f"{name} spans {size:,} cells; the limit is {MOST_CELLS:,}: split the sheet"
            )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _shown(value: object) -> str:
    """Return a cell's value as a reader writes it: 3 for 3.0, an ISO date for a date at midnight."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
