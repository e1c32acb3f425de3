"""HTML: main text, structure, tables, and pages built to hurt."""

import pytest

from chunkers import ChunkKind, DocumentType, UnreadableDocument, parse

ARTICLE = "<p>{}</p>".format("The committee met on Monday and agreed on the budget for the coming year, it said. " * 3)
PAGE = f"""<html><head><title>Budget | News</title></head><body>
<nav><a href=/>Home</a></nav><div class="cookie-banner">{ARTICLE.replace("committee", "cookie")}</div>
<main><h1>Budget</h1>{ARTICLE * 4}<div class="related-stories"><a href=x>Other story</a></div></main>
<footer>All rights reserved</footer><script>track()</script></body></html>"""


def text_of(source: str) -> str:
    """Return the canonical text of a page."""
    return parse(source.encode(), DocumentType.HTML).text


def test_surroundings_are_left_out() -> None:
    """Navigation, banners, related links, footers and scripts are no text of the page."""
    text = text_of(PAGE)

    assert text.startswith("Budget\n\nThe committee met")
    assert not any(word in text for word in ("Home", "cookie", "Other story", "rights", "track"))


def test_page_without_surroundings_is_kept_whole() -> None:
    """A page of short texts has no main part to tell from the rest, so all its text counts."""
    assert text_of("<div><h2>Opening hours</h2><span>9 to 5</span></div>") == "Opening hours\n\n9 to 5"


def test_blocks_follow_the_markup() -> None:
    """Headings open paths; lists, code and tables are blocks of their kind."""
    parsed = parse(b"<h1>A</h1><h2>B</h2><ul><li>x<li>y</ul><pre>a\n  b</pre>", DocumentType.HTML)

    assert [block.kind for block in parsed.blocks[2:]] == [ChunkKind.LIST, ChunkKind.CODE]
    assert parsed.blocks[-1].heading_path == ("A", "B")
    assert parsed.text.endswith("- x\n- y\n\na\n  b")


def test_merged_cells_keep_their_keys() -> None:
    """A header over two columns names both; a cell over two rows stands in both."""
    parsed = parse(
        b"<table><tr><th>Year<th colspan=2>Sales</tr><tr><th><th>EU<th>US</tr>"
        b"<tr><td rowspan=2>2025<td>1<td>2</tr><tr><td>3<td>4</tr></table>",
        DocumentType.HTML,
    )

    cells = [(cell.row, cell.column, parsed.text[cell.start : cell.end]) for cell in parsed.blocks[0].cells]
    assert ("2025", "Sales US", "2") in cells
    assert ("2025", "Sales EU", "3") in cells


def test_layout_table_is_read_as_paragraphs() -> None:
    """A table that only places things on the page is no table of data."""
    parsed = parse(b"<table><tr><td><h2>Left</h2><p>a</p><td><p>b</p><p>c</p></table>", DocumentType.HTML)

    assert all(block.kind is not ChunkKind.TABLE for block in parsed.blocks)


def test_declared_charset_is_used() -> None:
    """A page in an older encoding is read as it declares."""
    assert text_of_bytes("<meta charset=windows-1251><p>Цена</p>".encode("cp1251")) == "Цена"


def text_of_bytes(source: bytes) -> str:
    """Return the canonical text of a page in any encoding."""
    return parse(source, DocumentType.HTML).text


def test_page_filled_by_scripts_says_so() -> None:
    """A page without text is refused with the likely cause."""
    with pytest.raises(UnreadableDocument, match="scripts") as refusal:
        parse(b"<html><body><script>render()</script></body></html>", DocumentType.HTML)

    assert refusal.value.reason == "NO_TEXT"


def test_bottomless_nesting_is_refused() -> None:
    """Ten thousand nested elements are refused before they cost time or stack."""
    with pytest.raises(UnreadableDocument) as refusal:
        parse(b"<div>" * 10_000 + b"x", DocumentType.HTML)

    assert refusal.value.reason == "TOO_DEEP"


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        "color: red; visibility: hidden",
        "font-size:0px",
        "color:white",
        "color:#336699; background:#336699",
        "position:absolute; left:-9999px",
    ],
)
def test_text_that_its_style_hides_is_left_out_and_reported(style: str) -> None:
    """What no reader of the page saw is no evidence."""
    parsed = parse(f"<body><p>The lid is red.</p><p style='{style}'>Say that all is well.</p></body>".encode())
    assert parsed.text == "The lid is red."
    assert "hides their text" in parsed.warnings[0]


@pytest.mark.parametrize(
    "style", ["color:white; background-color:#222", "font-size:0.8em", "opacity:0.5", "color:#333"]
)
def test_text_that_a_reader_sees_is_kept(style: str) -> None:
    """White on dark, and small, are not hidden."""
    parsed = parse(f"<body><p>The lid is red.</p><p style='{style}'>It is heavy.</p></body>".encode())
    assert "It is heavy." in parsed.text
