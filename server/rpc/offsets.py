"""From the character offsets of Python strings to the UTF-8 byte offsets of the contract, in one pass over a text."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from groundwire.v1 import evidence_pb2
from server.domain import Span


class ByteOffsets:
    """The UTF-8 byte offset of every character of one text; free for text that is ASCII throughout."""

    def __init__(self, text: str) -> None:
        self._starts: NDArray[np.int64] | None = None if text.isascii() else _starts(text)

    def of(self, span: Span, base: int = 0) -> evidence_pb2.Span:
        """The bytes that `span` covers, counted from `base`."""
        if self._starts is None:
            return evidence_pb2.Span(start=base + span.start, end=base + span.end)
        return evidence_pb2.Span(start=base + int(self._starts[span.start]), end=base + int(self._starts[span.end]))


def _starts(text: str) -> NDArray[np.int64]:
    """Byte offsets of each character and of the end, shape [len(text) + 1]."""
    encoded = np.frombuffer(text.encode(), dtype=np.uint8)
    # Every byte that is no continuation byte (0b10xxxxxx) begins a character: RFC 3629, section 3.
    return np.append(np.flatnonzero((encoded & 0xC0) != 0x80), encoded.size).astype(np.int64)
