"""A large text is read and cut in memory that grows no faster than the text."""

from __future__ import annotations

import pytest

from eval.cutting.endurance import Endurance, endure
from server.config import load_settings

pytestmark = pytest.mark.long


def endured(megabytes: int) -> Endurance:
    """So many megabytes of paragraphs, by the bundled tokenizer."""
    paragraphs = (f"Rule {at}. Item {at} may come back within {at % 90} days. " * (1 + at % 7) for at in range(2_000))
    return endure("\n\n".join(paragraphs), megabytes, 200, load_settings().embedder / "tokenizer.json")


def test_memory_is_linear_in_the_text() -> None:
    """Four times the text takes about four times the memory, at most eight bytes for each byte of text."""
    small, large = endured(10), endured(40)

    assert large.peak_bytes_a_byte < 8
    assert large.peak_megabytes < 4.6 * small.peak_megabytes
    assert large.chunks > 3.9 * small.chunks
