"""Places in a text."""

from __future__ import annotations

import pytest

from server.domain import Span


@pytest.mark.parametrize(("start", "end"), [(-1, 0), (2, 1)])
def test_a_span_that_is_none_is_refused(start: int, end: int) -> None:
    """Spans are ordered and not negative."""
    with pytest.raises(ValueError, match="0 <= start <= end"):
        Span(start, end)


def test_a_span_cuts_and_moves() -> None:
    """A span of a part is a span of the whole, moved by where the part begins."""
    whole, part = "over the wire", "the wire"

    assert Span(4, 8).of(part) == Span(4, 8).shifted(whole.index(part)).of(whole) == "wire"
