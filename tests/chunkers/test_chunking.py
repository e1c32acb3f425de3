"""Chunks: identity, place and neighbourhood."""

import pytest

import chunkers
from chunkers import ChunkLimits, DocumentType, UnreadableDocument, chunk, parse
from chunkers.parsing import LARGEST_DOCUMENT
from tests.chunkers.counting import count_tokens

MANUAL = b"# Pump\n\nKeep dry.\n\n## Safety\n\nSwitch off first.\n\n### Heat\n\nWait.\n\n## Use\n\nSwitch on.\n"


def test_ids_depend_on_content_alone() -> None:
    """The same text gives the same ids; another text gives none of them."""
    first, again, other = (
        {one.id for one in chunk(parse(data, DocumentType.MARKDOWN), ChunkLimits(40), count_tokens)}
        for data in (MANUAL, MANUAL, MANUAL + b"More.")
    )

    assert first == again
    assert not first & other


def test_parent_opens_the_enclosing_section() -> None:
    """From any chunk one step leads to the start of the section around it."""
    chunks = chunk(parse(MANUAL, DocumentType.MARKDOWN), ChunkLimits(40), count_tokens)

    assert [(one.heading_path[-1], one.parent) for one in chunks] == [
        ("Pump", None),
        ("Safety", 0),
        ("Heat", 1),
        ("Use", 0),
    ]


def test_bare_heading_joins_nothing_outside_its_parent() -> None:
    """A heading without text goes with the section below it, but not into the next one of a higher level."""
    text = b"# A\n\n## B\n\n### C\n\nText.\n\n## D\n\n# E\n\nMore.\n"
    chunks = chunk(parse(text, DocumentType.MARKDOWN), ChunkLimits(40), count_tokens)

    assert [one.text for one in chunks] == ["# A\n\n## B\n\n### C\n\nText.", "## D", "# E\n\nMore."]


def test_lines_are_those_an_editor_shows() -> None:
    """Line numbers start at 1 and include the last line."""
    chunks = chunk(parse(MANUAL, DocumentType.MARKDOWN), ChunkLimits(40), count_tokens)

    assert (chunks[1].line_start, chunks[1].line_end) == (5, 7)


def test_too_large_input_is_refused_unread() -> None:
    """A document over the limit is refused by its size alone, with both figures."""
    with pytest.raises(UnreadableDocument, match="134,217,729 bytes; the limit is 134,217,728") as refusal:
        parse(bytes(LARGEST_DOCUMENT + 1), DocumentType.TEXT)

    assert refusal.value.reason == "TOO_LARGE"


def test_every_export_exists() -> None:
    """What the package promises to its importers exists."""
    assert all(hasattr(chunkers, name) for name in chunkers.__all__)


def test_heading_without_text_of_its_own_is_no_chunk() -> None:
    """A title that the next heading of its level follows at once opens that section's chunk."""
    text = b"# Data processing terms\n\n# 1. Definitions\n\nA fee is a sum.\n"
    chunks = chunk(parse(text, DocumentType.MARKDOWN), ChunkLimits(40), count_tokens)

    assert [one.text for one in chunks] == [text.decode().strip()]
    assert chunks[0].heading_path == ("1. Definitions",)


def test_list_repeats_a_lead_in_that_stands_in_another_chunk() -> None:
    """Every chunk of a list says what its items are, the first one too when it begins with an item."""
    items = "".join(f"- item {at} of the things that {'an owner ' * 5}may do\n" for at in range(6))
    chunks = chunk(parse(f"Owners can:\n\n{items}".encode(), DocumentType.MARKDOWN), ChunkLimits(30), count_tokens)

    assert all("Owners can:" in one.embedding_text for one in chunks)
