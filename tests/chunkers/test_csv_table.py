"""CSV: dialects, headers, offsets."""

import pytest

from chunkers import DocumentType, parse


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found(delimiter: str) -> None:
    """Comma, semicolon, tab and bar are told apart by how evenly they cut the rows."""
    rows = [["item", "price", "note"], ["bolt", "0,10" if delimiter != "," else "0.10", "x"], ["nut", "5", "y"]]
    parsed = parse("\n".join(delimiter.join(row) for row in rows).encode(), DocumentType.CSV)

    assert [cell.column for cell in parsed.blocks[0].cells[:3]] == ["item", "price", "note"]


def test_quoted_cells_keep_exact_spans() -> None:
    """Quotes, delimiters and line breaks inside a cell do not shift anything; the text stays the source."""
    source = 'name,note\r\n"Bolt, long","two\r\nlines"\r\n"said ""hi""",plain\r\n'
    parsed = parse(source.encode(), DocumentType.CSV)

    assert parsed.text == source
    assert [source[cell.start : cell.end] for cell in parsed.blocks[0].cells] == [
        "Bolt, long",
        "two\r\nlines",
        'said ""hi""',
        "plain",
    ]


def test_table_without_header_numbers_its_columns() -> None:
    """A first row of figures is no header."""
    parsed = parse(b"1,0.10\n2,0.20\n", DocumentType.CSV)

    assert parsed.blocks[0].header == ""
    assert parsed.blocks[0].cells[1].column == "column 2"


def test_ragged_rows_are_kept() -> None:
    """Rows with too few or too many cells lose nothing."""
    parsed = parse(b"a,b\n1\n2,3,4\n", DocumentType.CSV)

    assert [(cell.row, cell.column) for cell in parsed.blocks[0].cells] == [
        ("1", "a"),
        ("2", "a"),
        ("2", "b"),
        ("2", "column 3"),
    ]
