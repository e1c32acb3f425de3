"""Numbers in digits, words and scales."""

from __future__ import annotations

from decimal import Decimal

import pytest

from server.domain import Span
from server.stages.facts.numerals import find_numerals


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.5", "1234.5"),
        ("1.234,56", "1234.56"),
        ("1 234 567", "1234567"),
        ("12'500", "12500"),
        ("5,90", "5.90"),
        ("4.1bn", "4100000000"),
        ("70k", "70000"),
        ("3 million", "3000000"),
        ("twenty-five", "25"),
        ("two hundred and fifty thousand", "250000"),
        ("one tenth", "0.1"),
        ("three quarters", "0.75"),
        ("two and a half", "2.5"),
        ("2½", "2.5"),
        ("3/4", "0.75"),
        ("-5", "-5"),
    ],
)
def test_a_number_is_read_as_a_person_would(text: str, value: str) -> None:
    """Locales, words, fractions and scales give one value."""
    (numeral,) = find_numerals(text, Span(0, len(text)))
    assert numeral.value == Decimal(value)


def test_an_ambiguous_separator_keeps_both_readings() -> None:
    """1.234 is a decimal here and a thousand elsewhere."""
    (numeral,) = find_numerals("1.234", Span(0, 5))
    assert {numeral.value, numeral.otherwise} == {Decimal("1.234"), Decimal(1234)}


def test_a_third_person_is_no_fraction() -> None:
    """An ordinal before a noun divides nothing."""
    text = "A third reviewer agreed."
    assert list(find_numerals(text, Span(0, len(text)))) == []
