"""Prefixes that turn the sense of a word: "unlocked", "invalid", "nontoxic"."""

from __future__ import annotations

from functools import lru_cache

NEGATING = ("un", "in", "im", "ir", "il", "non", "dis")
SHORTEST = 4
"""Letters that what is left of a word must have; "under" is not the opposite of "der"."""


@lru_cache(maxsize=16384)
def without_prefix(word: str) -> str:
    """`word`, or its stem, in lower case and without its negating prefix; empty when it has none."""
    word = word.lower()
    prefix = next((each for each in NEGATING if word.startswith(each)), "")
    return word.removeprefix(prefix) if prefix and len(word) - len(prefix) >= SHORTEST else ""
