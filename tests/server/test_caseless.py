"""Words are found in any case, and exactly where `re.IGNORECASE` finds them."""

from __future__ import annotations

import re
import sys

import pytest

from server.caseless import CaselessPattern, lowered

EVERY_CHARACTER = "".join(map(chr, range(sys.maxunicode + 1)))
LETTERS = sorted(set("abcdefghijklmnopqrstuvwxyzàâãäçèéêëíîóôõöúûüß为指"))


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_stands_for_what_the_flag_takes_for_it(letter: str) -> None:
    """The capital, and letters such as the long s; nothing else."""
    taken = set(re.findall(letter, EVERY_CHARACTER, re.IGNORECASE))

    assert {character for character in EVERY_CHARACTER if lowered(character) == letter} == taken


@pytest.mark.parametrize("text", ["INSTRUCTIONS", "in\u017ftruct\u0131ons", "Please heed the \u0130nstructions above."])
def test_words_are_found_in_any_case(text: str) -> None:
    """Letters that look alike hide no word."""
    assert CaselessPattern(r"\binstructions?\b").occurs_in(text)


def test_other_words_are_not_found() -> None:
    """The borders of words count."""
    assert not CaselessPattern(r"\binstructions?\b").occurs_in("Reinstructions and instructionally")


def test_patterns_that_lower_case_would_change_are_refused() -> None:
    r"""`\W` is not `\w`."""
    with pytest.raises(ValueError, match="lower case"):
        CaselessPattern(r"\Wrules")
