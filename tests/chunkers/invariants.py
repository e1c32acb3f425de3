"""What must be true of the chunks of every document, whatever its type."""

from chunkers import (
    ChunkLimits,
    DocumentType,
    Parsed,
    TokenCounter,
    UnreadableDocument,
    UnsupportedType,
    chunk,
    parse,
)
from tests.chunkers.counting import count_tokens


def check_invariants(parsed: Parsed, limits: ChunkLimits, count_tokens: TokenCounter = count_tokens) -> None:
    """Assert every invariant on one document."""
    chunks = chunk(parsed, limits, count_tokens)
    assert chunks == chunk(parsed, limits, count_tokens), "the same document gives the same chunks"
    assert len({one.id for one in chunks}) == len(chunks), "ids differ"
    covered, last_start = 0, -1
    for ordinal, one in enumerate(chunks):
        assert one.ordinal == ordinal
        assert one.text == parsed.text[one.start : one.end], "a chunk is an exact slice"
        assert one.text.strip() == one.text != "", "a chunk neither is nor ends in white space"
        assert one.start > last_start, "order is kept"
        assert not parsed.text[covered : one.start].strip(), "no visible character is skipped"
        assert one.tokens == count_tokens(one.embedding_text) <= limits.max_tokens, "the limit includes the prefix"
        assert one.line_start == parsed.text.count("\n", 0, one.start) + 1
        assert one.line_end == one.line_start + one.text.count("\n")
        assert one.parent is None or one.parent < ordinal, "a parent comes first"
        assert all(one.start <= cell.start < one.end for cell in one.cells)
        assert all(cell.row and cell.column for cell in one.cells), "cells have keys"
        covered, last_start = max(covered, one.end), one.start
    assert not parsed.text[covered:].strip(), "the end is not lost"


def parsed_unless_refused(data: bytes, kind: DocumentType | None = None) -> Parsed | None:
    """Return the document, or None if it is refused as it may be; any other error goes through."""
    try:
        return parse(data, kind)
    except (UnreadableDocument, UnsupportedType):
        return None
