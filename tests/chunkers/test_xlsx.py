"""XLSX: sheets, values, and sheets that would fill the memory."""

import pytest

from chunkers import DocumentType, UnreadableDocument, parse
from tests.chunkers.office_files import archive, xlsx


def test_sheets_are_sections_with_tables() -> None:
    """Each sheet is a page with its name as heading; whole numbers are written without a fraction."""
    parsed = parse(xlsx({"Prices": [["item", "price"], ["bolt", 0.1]], "Stock": [["item", "count"], ["bolt", 7.0]]}))

    assert parsed.text == "Prices\n\nitem | price\nbolt | 0.1\n\nStock\n\nitem | count\nbolt | 7"
    assert [parsed.text[page:].split()[0] for page in parsed.pages] == ["Prices", "Stock"]


def test_two_cells_far_apart_are_refused() -> None:
    """A sheet of two cells can span 17 billion; it is refused before it is allocated."""
    sheet = '<worksheet><sheetData><row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row></sheetData></worksheet>'

    with pytest.raises(UnreadableDocument, match="spans 17,179,869,184 cells") as refusal:
        parse(archive({"xl/worksheets/sheet1.xml": sheet}), DocumentType.XLSX)

    assert refusal.value.reason == "TOO_LARGE"


def test_empty_workbook_says_so() -> None:
    """A workbook without a value is empty."""
    with pytest.raises(UnreadableDocument) as refusal:
        parse(xlsx({"Sheet": []}), DocumentType.XLSX)

    assert refusal.value.reason == "EMPTY"
