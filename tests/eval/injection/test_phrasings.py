"""The corpus of injected instructions: many, different, and matched in length by inert text."""

from __future__ import annotations

import random
from collections import Counter

from eval.injection.phrasings import DISGUISES, draw_phrasings, inert_text, phrasings
from server.stages.injection import is_instruction


def test_there_are_more_than_200_different_phrasings() -> None:
    """And a draw takes every disguise as often as every other."""
    assert len({text for _, text in phrasings()}) == len(phrasings()) > 2000
    drawn = Counter(disguise for disguise, _ in draw_phrasings(random.Random(1), 240))
    assert drawn == dict.fromkeys(DISGUISES, 20)


def test_inert_text_has_the_length_and_instructs_nobody() -> None:
    """Within a word of the length asked for."""
    for length in (5, 40, 300, 1200):
        text = inert_text(random.Random(length), length)
        assert length - 20 <= len(text) <= max(length, 8)
        assert not is_instruction(text)
