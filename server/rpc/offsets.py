"""Between the character offsets of Python strings and the UTF-8 byte offsets of the contract, in one pass over a text."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from groundwire.v1 import evidence_pb2
from server.domain import Mask, Passage, Span


class ByteOffsets:
    """The UTF-8 byte offset of every character of one text; free for text that is ASCII throughout."""

    def __init__(self, text: str) -> None:
        self._starts: NDArray[np.int64] | None = None if text.isascii() else _starts(text)

    def of(self, span: Span, base: int = 0) -> evidence_pb2.Span:
        """The bytes that `span` covers, counted from `base`."""
        if self._starts is None:
            return evidence_pb2.Span(start=base + span.start, end=base + span.end)
        return evidence_pb2.Span(start=base + int(self._starts[span.start]), end=base + int(self._starts[span.end]))


def characters(text: str, span: evidence_pb2.Span) -> Span:
    """The characters that a span of bytes covers; raises ValueError for one that is not in the text or cuts a character."""
    encoded = text.encode()
    if not 0 <= span.start <= span.end <= len(encoded):
        raise ValueError(f"[{span.start}, {span.end}) is no span of {len(encoded)} bytes")
    start = len(encoded[: span.start].decode())
    return Span(start, start + len(encoded[span.start : span.end].decode()))


class DocumentOffsets:
    """The bytes of the document that parts of a passage's text stand for, masks counted as what they stand for."""

    def __init__(self, passage: Passage) -> None:
        self._passage = passage
        self._bytes = ByteOffsets(passage.text)

    def of(self, span: Span) -> evidence_pb2.Span:
        """The place of a span of the text; one that begins or ends inside a mask takes in all that the mask stands for."""
        if not self._passage.masks:
            return self._bytes.of(span, self._passage.start_byte)
        return evidence_pb2.Span(start=self._start(span.start), end=self._end(span.end))

    @property
    def whole(self) -> evidence_pb2.Span:
        """The place of the whole passage."""
        text = Span(0, len(self._passage.text))
        end = self._byte(text.end) + sum(self._longer(mask) for mask in self._passage.masks)
        return evidence_pb2.Span(start=self._passage.start_byte, end=end)

    def _start(self, place: int) -> int:
        longer = 0
        for mask in self._passage.masks:
            if mask.span.start < place < mask.span.end:
                return self._byte(mask.span.start) + longer
            longer += self._longer(mask) if mask.span.end <= place else 0
        return self._byte(place) + longer

    def _end(self, place: int) -> int:
        longer = 0
        for mask in self._passage.masks:
            if mask.span.start < place:
                place = max(place, mask.span.end)
                longer += self._longer(mask)
        return self._byte(place) + longer

    def _byte(self, place: int) -> int:
        return self._bytes.of(Span(place, place), self._passage.start_byte).start

    def _longer(self, mask: Mask) -> int:
        return mask.source_bytes - len(mask.span.of(self._passage.text).encode())


def _starts(text: str) -> NDArray[np.int64]:
    """Byte offsets of each character and of the end, shape [len(text) + 1]."""
    encoded = np.frombuffer(text.encode(), dtype=np.uint8)
    # Every byte that is no continuation byte (0b10xxxxxx) begins a character: RFC 3629, section 3.
    return np.append(np.flatnonzero((encoded & 0xC0) != 0x80), encoded.size).astype(np.int64)
