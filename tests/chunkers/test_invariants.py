"""The conformance suite: every chunker, on generated documents made of what its type is made of."""

import json
from collections.abc import Sequence

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chunkers import ChunkLimits, DocumentType, detect
from tests.chunkers.invariants import check_invariants, parsed_unless_refused
from tests.chunkers.office_files import docx, heading, paragraph, pptx, table, xlsx
from tests.chunkers.pdf_files import pdf, table_page, text_page

FRAGMENTS: dict[DocumentType, Sequence[str]] = {
    DocumentType.TEXT: ["INTRODUCTION", "1. Scope", "- item", "a) item", "Title\n=====", "= Wiki ="],
    DocumentType.MARKDOWN: [
        "# One",
        "## Two *b*",
        "- item",
        "1. item",
        "  - deeper",
        "| a | b |\n|---|---|\n| 1 | \\| |",
        "```py\nx = 1\n\ny = 2\n```",
        "> quoted",
        "---",
        "[ref]: http://x",
        "    code",
    ],
    DocumentType.HTML: [
        "<h1>One</h1>",
        "<h2>Two",
        "<p>",
        "</p>",
        "<ul><li>a<li>b</ul>",
        "<pre>x\n y</pre>",
        "<br>",
        "<table><tr><th>K<th>V<tr><td>a<td rowspan=2>1<tr><td colspan=3>b</table>",
        "<div>",
        "</div>",
        "<nav>menu</nav>",
        "<script>x</script>",
        "&amp;",
        "<dl><dt>t<dd>d</dl>",
    ],
    DocumentType.CSV: ["name,price,note", 'Bolt,0.10,"a, b"', '"open', "a;b;c", '"x""y",2,3', ",,", "a\tb"],
    DocumentType.CONTRACT: [
        "1. Definitions.",
        "1.1 “Fee” means the sum in clause 2.",
        "2. Payment. The Fee is due.",
        "(a) first;",
        "(b) second.",
        "ARTICLE IV",
        "Schedule 1",
        "# Terms",
        "  1. nested",
    ],
    DocumentType.POLICY: [
        "Effective date: 1 May 2026",
        "# Travel policy",
        "**Meals**",
        "1.2 Hotels",
        "You must:",
        "- ask",
    ],
    DocumentType.FAQ: ["How do I return it?", "Q: Is it free?", "A: Yes.", "**May I pay later?**", "# Billing"],
    DocumentType.CODE: [
        "def f(x):\n    return x",
        "class A:\n    def g(self): ...",
        "import os",
        "fn main() {",
        "}",
        "# comment",
        "/* c */",
        "func F() {}",
        "@decorator",
        "    x = 'é'",
    ],
    DocumentType.CHAT: [
        "Ann: hello",
        "Bob: hi",
        "[10:00] <ann> hey",
        "=== bob joined",
        "Ann (10:01 AM): so",
        "note: x",
    ],
    DocumentType.EMAIL: [
        "From: a@b.example",
        "To: c@d.example",
        "Subject: Order",
        "Date: x",
        "\n",
        "> quoted",
        "-- \nAnn",
        "On Monday Ann wrote:",
        "Content-Type: text/html",
        "<p>body</p>",
    ],
    DocumentType.INVOICE: [
        "Invoice number: 17",
        "Total: 9.00",
        "Item    Qty   Price",
        "Bolt    2     0.10",
        "| a | b | c |",
    ],
    DocumentType.SLIDES: ["---", "\f", "Slide 1", "# Deck", "- point"],
}
SENTENCES = [
    "The fee is 4.50 EUR, i.e. less.",
    "Warum? Ja!",
    "x" * 90,
    "中文没有空格。",
    "e\u0301\u0301 👩‍👩‍👧",
    "\u00a0",
    "Mr. A. said: no",
    "\r\n",
]
LIMITS = st.builds(ChunkLimits, st.integers(16, 60), st.integers(0, 7))


def documents(kind: DocumentType) -> st.SearchStrategy[bytes]:
    """Return documents of a type that is written as text."""
    piece = st.sampled_from([*FRAGMENTS[kind], *SENTENCES]) | st.text(max_size=30)
    gap = st.sampled_from(["\n", "\n\n", " ", "\r\n"])
    lines = st.lists(st.tuples(piece, gap), min_size=1, max_size=15)
    return lines.map(lambda pairs: "".join(text + end for text, end in pairs).encode("utf-8", "replace"))


@pytest.mark.parametrize("kind", FRAGMENTS)
@settings(max_examples=30, deadline=None)
@given(data=st.data(), limits=LIMITS)
def test_text_in_chunks_is_exact_whole_ordered_and_within_limits(
    kind: DocumentType, data: st.DataObject, limits: ChunkLimits
) -> None:
    """Whatever a document of a type holds, it is refused with a reason or its chunks keep every invariant."""
    content = data.draw(documents(kind))

    parsed = parsed_unless_refused(content, kind)
    assume(parsed)

    check_invariants(parsed, limits)


WORDS = st.text(st.characters(codec="cp1252", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=60)
ROWS = st.lists(st.lists(WORDS, min_size=2, max_size=4), min_size=1, max_size=6)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=30,
)
BUILT: dict[DocumentType, st.SearchStrategy[bytes]] = {
    DocumentType.JSON: JSON.map(
        lambda value: json.dumps(value, indent=1, ensure_ascii=False).encode("utf-8", "replace")
    ),
    DocumentType.DOCX: st.lists(
        WORDS.map(paragraph) | WORDS.map(lambda text: heading(2, text)) | ROWS.map(table), min_size=1, max_size=12
    ).map(lambda elements: docx(*elements)),
    DocumentType.XLSX: st.dictionaries(st.sampled_from(["Prices", "Stock"]), ROWS, min_size=1).map(xlsx),
    DocumentType.SLIDES: st.lists(st.tuples(WORDS, st.lists(WORDS, max_size=5)), min_size=1, max_size=4).map(pptx),
    DocumentType.PDF: st.lists(
        st.lists(WORDS, min_size=1, max_size=12).map(lambda texts: text_page(*texts)) | ROWS.map(table_page),
        min_size=1,
        max_size=3,
    ).map(pdf),
}


@pytest.mark.parametrize("kind", BUILT)
@settings(max_examples=15, deadline=None)
@given(data=st.data(), limits=LIMITS)
def test_chunks_of_structured_files_keep_every_invariant(
    kind: DocumentType, data: st.DataObject, limits: ChunkLimits
) -> None:
    """Office files, PDF and JSON with any headings, paragraphs, tables or nesting keep every invariant."""
    content = data.draw(BUILT[kind])

    parsed = parsed_unless_refused(content, kind)
    assume(parsed)

    check_invariants(parsed, limits)


@settings(max_examples=80, deadline=None)
@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """No input makes detection or parsing fail with anything but an error of this package."""
    parsed = parsed_unless_refused(data)

    if parsed:
        assert parsed.type is detect(data).type
        check_invariants(parsed, ChunkLimits(16))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_damaged_files_are_read_or_refused(data: st.DataObject) -> None:
    """A file cut short or with flipped bytes is read as far as possible or refused with a reason."""
    whole = data.draw(
        st.sampled_from(
            [
                docx(heading(1, "Terms"), paragraph("Pay in time."), table([["a", "b"], ["1", "2"]])),
                xlsx({"Prices": [["item", "price"], ["bolt", 0.1]]}),
                pptx([("Title", ["one", "two"])]),
                pdf([text_page("A line.", "Another line."), table_page([["a", "b"], ["1", "2"]])]),
            ]
        )
    )
    place = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:place] + data.draw(st.sampled_from([b"", b"\x00" * 8 + whole[place + 8 :]]))

    parsed = parsed_unless_refused(damaged)

    if parsed:
        check_invariants(parsed, ChunkLimits(30))
