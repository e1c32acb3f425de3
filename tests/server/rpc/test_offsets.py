"""Character spans become byte spans that cut the same text out of its UTF-8 form."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.domain import Span
from server.rpc.offsets import ByteOffsets

TEXTS = st.text(
    alphabet=st.one_of(st.characters(exclude_categories=("Cs",)), st.sampled_from("ae\r\n\u0301é漢😀👩‍👩‍👧"))
)


@given(text=TEXTS, data=st.data())
def test_the_bytes_of_a_span_are_its_characters(text: str, data: st.DataObject) -> None:
    """Whatever the script, slicing bytes and slicing characters agree."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))

    found = ByteOffsets(text).of(Span(start, end))

    assert text.encode()[found.start : found.end].decode() == text[start:end]


def test_a_base_moves_both_ends() -> None:
    """Spans in a document count from the passage's own start."""
    found = ByteOffsets("é!").of(Span(1, 2), base=100)

    assert (found.start, found.end) == (102, 103)
