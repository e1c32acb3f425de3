"""Plain text: what counts as a paragraph, a list and a heading."""

import pytest

from chunkers import ChunkKind, DocumentType, UnreadableDocument, parse


def test_text_is_the_source_to_the_letter() -> None:
    """Line ends and blanks stay, since offsets point into what was sent."""
    source = "One\r\n\r\n  two\t\n\x0bthree"

    assert parse(source.encode(), DocumentType.TEXT).text == source


@pytest.mark.parametrize(
    ("line", "path"),
    [("2.1 Scope", "2.1 Scope"), ("ANNEX", "ANNEX"), ("Terms\n=====", "Terms"), ("== Terms ==", "Terms")],
)
def test_headings_without_markup(line: str, path: str) -> None:
    """Numbers, capitals, underlines and wiki marks make a line that stands alone a heading."""
    parsed = parse(f"{line}\n\nThe fee is due in May.".encode(), DocumentType.TEXT)

    assert [block.kind for block in parsed.blocks] == [ChunkKind.HEADING, ChunkKind.PROSE]
    assert parsed.blocks[1].heading_path == (path,)


def test_sentence_is_no_heading() -> None:
    """A line that ends as a sentence does is not a heading, whatever number it starts with."""
    parsed = parse(b"1. We pay in May.\n\nIt is so.", DocumentType.TEXT)

    assert all(block.kind is not ChunkKind.HEADING for block in parsed.blocks)


def test_long_lines_are_paragraphs_and_short_ones_are_wrapped() -> None:
    """Lines past 120 characters were not wrapped by hand, so each is a paragraph; short lines belong together."""
    long_line = "word " * 40
    parsed = parse(f"{long_line}\n{long_line}\n\nshort\nlines".encode(), DocumentType.TEXT)

    assert len(parsed.blocks) == 3


def test_list_items_are_seams() -> None:
    """A list is one block that is cut at its items."""
    text = "- first\n- second\n- third"
    (block,) = parse(text.encode(), DocumentType.TEXT).blocks

    assert block.kind is ChunkKind.LIST
    assert [text[seam:].split()[1] for seam in block.seams] == ["second", "third"]


def test_blank_document_is_refused() -> None:
    """White space alone is an empty document."""
    with pytest.raises(UnreadableDocument) as refusal:
        parse(b" \n\t ", DocumentType.TEXT)

    assert refusal.value.reason == "EMPTY"
