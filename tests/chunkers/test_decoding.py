"""Bytes to text: marks, fallbacks, and honest refusals."""

import pytest

from chunkers import UnreadableDocument
from chunkers.decoding import decode


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_mark_names_the_encoding(encoding: str) -> None:
    """A marked text is read by its mark, and the mark is dropped."""
    assert decode("Gebühr: 5 €".encode(encoding)).text == "Gebühr: 5 €"


def test_guess_is_declared() -> None:
    """Text in an older encoding is read, and a warning says so and where."""
    decoded = decode("Die Gebühr beträgt fünf Euro für jede Überweisung, zuzüglich Mehrwertsteuer.".encode("cp1252"))

    assert "Gebühr beträgt fünf" in decoded.text
    assert "byte 7" in decoded.warnings[0]


def test_declared_encoding_is_taken() -> None:
    """What a document says of its own encoding settles it without a guess."""
    assert decode("Цена".encode("koi8-r"), "koi8-r") == ("Цена", ())


@pytest.mark.parametrize("data", [bytes(range(1, 32)) * 20, b"\xff\xfeA"])
def test_binary_data_is_no_text(data: bytes) -> None:
    """Control characters or a torn UTF-16 are refused rather than passed on as garbage."""
    with pytest.raises(UnreadableDocument) as refusal:
        decode(data)

    assert refusal.value.reason == "BAD_ENCODING"
