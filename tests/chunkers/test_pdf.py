"""PDF: paragraphs, headings, running heads, tables over two pages, and refusals."""

import pytest

from chunkers import ChunkKind, DocumentType, UnreadableDocument, parse
from tests.chunkers.pdf_files import Line, page, pdf, table_page, text_page


def test_wrapped_lines_become_a_paragraph() -> None:
    """Lines close together are joined by spaces, lines apart are not."""
    lines = [Line(72, 700, "The fee is due on the first"), Line(72, 686, "day of May."), Line(72, 640, "It is small.")]

    assert parse(pdf([page(lines)]), DocumentType.PDF).text == "The fee is due on the first day of May.\n\nIt is small."


def test_larger_lines_are_headings() -> None:
    """A short line in larger type opens a section."""
    lines = [Line(72, 700, "Fees", 18), Line(72, 660, "The fee is due in May."), Line(72, 646, "It is small.")]
    parsed = parse(pdf([page(lines)]), DocumentType.PDF)

    assert parsed.blocks[0].kind is ChunkKind.HEADING
    assert parsed.blocks[1].heading_path == ("Fees",)


def test_running_heads_and_page_numbers_are_left_out() -> None:
    """A line at the edge of every page, the same but for its number, is no text."""
    pages = [
        page([Line(72, 770, "Annual report"), Line(72, 400, f"Text {name}."), Line(300, 20, f"Page {number}")])
        for number, name in enumerate(["one", "two", "three"], 1)
    ]
    parsed = parse(pdf(pages), DocumentType.PDF)

    assert parsed.text.split("\n\n") == ["Text one.", "Text two.", "Text three."]
    assert len(parsed.pages) == 3


def test_ruled_table_has_cells() -> None:
    """Borders make a table whose cells know their header."""
    parsed = parse(pdf([table_page([["item", "price"], ["bolt", "0.10"], ["nut", "0.20"]])]), DocumentType.PDF)

    cells = {(cell.row, cell.column): parsed.text[cell.start : cell.end] for cell in parsed.blocks[0].cells}
    assert cells["nut", "price"] == "0.20"


def test_table_goes_on_over_the_page() -> None:
    """The part of a table on the next page keeps the header of the first."""
    parsed = parse(
        pdf([table_page([["item", "price"], ["bolt", "0.10"]]), table_page([["nut", "0.20"], ["cog", "3.00"]])]),
        DocumentType.PDF,
    )

    second = parsed.blocks[-1]
    assert {cell.column for cell in second.cells} == {"item", "price"}
    assert second.context == "item | price"


def test_page_without_text_is_named() -> None:
    """A scanned page among others is reported by its number."""
    assert "page 2" in parse(pdf([text_page("Text."), ""]), DocumentType.PDF).warnings[0]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (pdf(["", ""]), "NO_TEXT"),
        (b"%PDF-1.4\n1 0 obj\n<<", "TRUNCATED"),
        (b"no pdf at all", "MALFORMED"),
    ],
)
def test_broken_files_say_why(data: bytes, reason: str) -> None:
    """A scan, a cut file and something else are told apart."""
    with pytest.raises(UnreadableDocument) as refusal:
        parse(data, DocumentType.PDF)

    assert refusal.value.reason == reason


def test_line_numbers_of_a_transcript_are_left_out() -> None:
    """Numbers that count the lines of a page at its left edge are furniture; other numbers are text."""
    numbers = [Line(30, 720 - 20 * at, f"{at} ") for at in range(1, 26)]
    words = [Line(200, 720 - 20 * at, f"Sentence {at} ends here.") for at in range(1, 26)]
    text = parse(pdf([page([*numbers, *words])])).text

    assert not any(line.strip().isdecimal() for line in text.splitlines())
    assert "Sentence 25 ends here." in text
