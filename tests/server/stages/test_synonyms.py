"""Everyday words put in the words of the evidence."""

from __future__ import annotations

from server.stages.synonyms import in_words_of


def test_a_word_takes_that_of_the_evidence() -> None:
    """With its capital."""
    assert in_words_of("Kids travel free.", "Children under six travel free.") == "Children travel free."


def test_words_that_the_evidence_has_stay() -> None:
    """So do those for which it has no other."""
    assert in_words_of("The kids play.", "Kids and children play.") == "The kids play."
    assert in_words_of("The kids play.", "Adults play.") == "The kids play."
