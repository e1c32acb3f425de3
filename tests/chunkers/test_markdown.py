"""Markdown: headings, lists, code, tables and front matter."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from chunkers import ChunkKind, ChunkLimits, DocumentType, chunk, parse
from chunkers.markdown import markdown_blocks
from tests.chunkers.counting import count_tokens

MANUAL = """---
title: Pump manual
---
# Pump

Keep dry.

## Safety *first*

You must:

- switch off
- wait

| part | torque |
|------|--------|
| bolt | 5 Nm |
| nut | 7 Nm |

```
# not a heading
start()
```
"""


def test_blocks_have_their_kind_and_path() -> None:
    """Each construct is one block, under the headings above it, whose marks are left out of the path."""
    blocks = parse(MANUAL.encode(), DocumentType.MARKDOWN).blocks

    assert [(block.kind, block.heading_path) for block in blocks[3:]] == [
        (ChunkKind.HEADING, ("Pump", "Safety first")),
        (ChunkKind.PROSE, ("Pump", "Safety first")),
        (ChunkKind.LIST, ("Pump", "Safety first")),
        (ChunkKind.TABLE, ("Pump", "Safety first")),
        (ChunkKind.CODE, ("Pump", "Safety first")),
    ]


def test_front_matter_gives_the_title() -> None:
    """The title of the front matter is the document's, and the front matter stays in the text."""
    parsed = parse(MANUAL.encode(), DocumentType.MARKDOWN)

    assert parsed.title == "Pump manual"
    assert parsed.blocks[0].kind is ChunkKind.RECORD


def test_cells_know_their_row_and_column() -> None:
    """A cell's span holds its text, and its keys are the header above and the first cell beside it."""
    parsed = parse(MANUAL.encode(), DocumentType.MARKDOWN)
    cells = next(block.cells for block in parsed.blocks if block.cells)

    named = {(cell.row, cell.column): parsed.text[cell.start : cell.end] for cell in cells}
    assert named["nut", "torque"] == "7 Nm"


def test_table_slices_repeat_the_header() -> None:
    """Every slice of a long table but the first says the header row in its prefix."""
    rows = "\n".join(f"| part {number} | {number} Nm |" for number in range(60))
    parsed = parse(f"| part | torque |\n|---|---|\n{rows}\n".encode(), DocumentType.MARKDOWN)
    first, *others = chunk(parsed, ChunkLimits(60), count_tokens)

    assert first.text.startswith("| part | torque |")
    assert others
    assert all("| part | torque |" in one.context_prefix for one in others)


def test_table_inside_a_list_is_still_a_table() -> None:
    """A table in a list item keeps its cells, and the list goes on after it."""
    text = "- Torques:\n\n  | part | torque |\n  |---|---|\n  | nut | 7 Nm |\n\n- Next\n"
    blocks = parse(text.encode(), DocumentType.MARKDOWN).blocks

    assert [block.kind for block in blocks] == [ChunkKind.LIST, ChunkKind.TABLE, ChunkKind.LIST]


def test_list_continuation_repeats_its_lead_in() -> None:
    """The items of a list that do not fit beside their lead-in have it in the prefix."""
    items = "\n".join(f"- wear the protective equipment number {number}" for number in range(30))
    parsed = parse(f"Before you start you must:\n\n{items}\n".encode(), DocumentType.MARKDOWN)
    chunks = chunk(parsed, ChunkLimits(60), count_tokens)

    assert all("Before you start you must:" in one.embedding_text for one in chunks)


def test_windows_and_old_mac_line_ends_keep_offsets() -> None:
    """Carriage returns count as the parser counts them."""
    parsed = parse(b"# A\r\rone\r\n\r\n## B\n\ntwo", DocumentType.MARKDOWN)

    assert [parsed.text[block.start : block.end] for block in parsed.blocks] == ["# A", "one", "## B", "two"]


PLAIN_LINES = ("word", "word word", "  word", "   word", "    word", "      word", "\tword", "élan", "word:", "1a")
MARKED_LINES = (
    *("word | word\n---|---", "| a | b |", "- item", "1. item", "> quote", "```", "~~~", "# head", "===", "---"),
    *("* * *", "<!-- note", "b --> c", "<div>", "a < b", "[a]: /url"),
)
LINES = st.sampled_from(PLAIN_LINES + MARKED_LINES)
ENDS = st.sampled_from(["\n", "\n", "\n\n", "\r\n", "\r\n\r\n", "\r", "\n \t\n"])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(LINES, ENDS) | st.just(("word", "\n")), min_size=1, max_size=30))
def test_lines_that_only_go_on_change_no_block(lines: list[tuple[str, str]]) -> None:
    """Lines that begin with a mark without meaning, all of which the parser sees, make the same blocks as letters do."""
    text = "".join(map("".join, lines))
    shown = re.sub(r"(?m)(^|(?<=\r))([ \t]*)[^\W\d_]", r"\1\2;", text)

    letters, marks = (
        [(block.start, block.end, block.kind, block.seams) for block in markdown_blocks(each)] for each in (text, shown)
    )

    assert letters == marks
