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


def test_bare_heading_joins_only_what_is_under_it() -> None:
    """A heading without text goes with the section below it, but not with its sibling."""
    chunks = chunk(parse(b"# A\n\n# B\n\n## C\n\nText.\n", DocumentType.MARKDOWN), ChunkLimits(40), count_tokens)

    assert [one.text for one in chunks] == ["# A", "# B\n\n## C\n\nText."]


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
