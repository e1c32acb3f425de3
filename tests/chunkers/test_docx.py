"""DOCX: what Word shows, from what Word stores."""

import pytest

from chunkers import ChunkKind, DocumentType, UnreadableDocument, UnsupportedType, parse
from tests.chunkers.office_files import archive, docx, heading, paragraph, table

NUMBERING = (
    '<w:abstractNum w:abstractNumId="0">'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1.%2)"/></w:lvl>'
    '</w:abstractNum><w:num w:numId="5"><w:abstractNumId w:val="0"/></w:num>'
)


def numbered(text: str, level: int) -> str:
    """Return a paragraph of the list that NUMBERING defines."""
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="5"/></w:numPr>')


def test_headings_tables_and_text_come_in_order() -> None:
    """A document is read from top to bottom, tables where they stand."""
    data = docx(
        heading(1, "Fees"), paragraph("As follows."), table([["item", "fee"], ["wire", "5"]]), paragraph("End.")
    )
    parsed = parse(data, DocumentType.DOCX)

    assert parsed.text == "Fees\n\nAs follows.\n\nitem | fee\nwire | 5\n\nEnd."
    assert {block.heading_path for block in parsed.blocks} == {("Fees",)}


def test_numbers_that_word_generates_are_in_the_text() -> None:
    """Clause numbers are not stored in the file but counted, so that "1.b)" can be found and cited."""
    data = docx(
        *(numbered(text, level) for text, level in [("A", 0), ("x", 1), ("y", 1), ("B", 0), ("z", 1)]),
        numbering=NUMBERING,
    )

    assert parse(data, DocumentType.DOCX).text.split() == ["1.", "A", "1.a)", "x", "1.b)", "y", "2.", "B", "2.a)", "z"]


def test_heading_styles_count_through_their_base() -> None:
    """A style based on "heading 2" is a heading of level 2."""
    styles = (
        '<w:style w:styleId="H2"><w:name w:val="heading 2"/></w:style>'
        '<w:style w:styleId="Own"><w:name w:val="Own"/><w:basedOn w:val="H2"/></w:style>'
    )
    parsed = parse(
        docx(paragraph("Scope", '<w:pStyle w:val="Own"/>'), paragraph("x"), styles=styles), DocumentType.DOCX
    )

    assert parsed.blocks[0].kind is ChunkKind.HEADING


def test_title_of_the_document_is_a_heading() -> None:
    """A paragraph in the style "Title" at the start heads what follows."""
    styles = '<w:style w:styleId="T"><w:name w:val="Title"/></w:style>'
    parsed = parse(docx(paragraph("Terms", '<w:pStyle w:val="T"/>'), paragraph("x"), styles=styles), DocumentType.DOCX)

    assert [block.heading_path for block in parsed.blocks] == [("Terms",), ("Terms",)]


def test_deleted_text_is_gone_and_inserted_text_is_there() -> None:
    """Tracked changes are read as accepted."""
    body = "<w:p><w:del><w:r><w:delText>old</w:delText></w:r></w:del><w:ins><w:r><w:t>new</w:t></w:r></w:ins></w:p>"

    assert parse(docx(body), DocumentType.DOCX).text == "new"


def test_merged_cells_repeat_downwards() -> None:
    """A cell merged over two rows belongs to both."""
    merged = "<w:tc><w:tcPr><w:vMerge{}/></w:tcPr>{}</w:tc><w:tc>{}</w:tc>"
    rows = (
        merged.format(' w:val="restart"', paragraph("EU"), paragraph("1")),
        merged.format("", paragraph(""), paragraph("2")),
    )
    data = docx(f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>")

    assert parse(data, DocumentType.DOCX).text == "EU | 1\nEU | 2"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (docx(paragraph("x" * 500))[:200], "TRUNCATED"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "ENCRYPTED"),
        (archive({"word/document.xml": "<w:document"}), "MALFORMED"),
        (archive({"word/document.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}), "MALFORMED"),
        (archive({"word/document.xml": "<a>" * 3_000 + "</a>" * 3_000}), "TOO_DEEP"),
        (docx(paragraph("")), "NO_TEXT"),
    ],
)
def test_broken_files_say_why(data: bytes, reason: str) -> None:
    """Truncated, encrypted, hostile and empty files each have their reason."""
    with pytest.raises(UnreadableDocument) as refusal:
        parse(data, DocumentType.DOCX)

    assert refusal.value.reason == reason


def test_bomb_is_refused_unread() -> None:
    """An archive whose directory announces more than the limit is refused before anything is unpacked."""
    bomb = bytearray(docx(paragraph("x")))
    size_field = bomb.find(b"PK\x01\x02") + 24
    bomb[size_field : size_field + 4] = (900 * 1024 * 1024).to_bytes(4, "little")

    with pytest.raises(UnreadableDocument, match="unpack to 943,718,400") as refusal:
        parse(bytes(bomb), DocumentType.DOCX)

    assert refusal.value.reason == "TOO_LARGE"


def test_old_word_file_is_unsupported() -> None:
    """A binary .doc is named as such, with the way out."""
    with pytest.raises(UnsupportedType, match=r"save it as \.docx"):
        parse(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), DocumentType.DOCX)
