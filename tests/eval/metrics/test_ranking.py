"""Rankings against worked examples."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.ranking import ndcg, recall


def test_a_relevant_document_in_second_place_is_discounted() -> None:
    """1 / log2(3) of the ideal gain."""
    assert ndcg(["b", "a"], {"a": 1}, 10) == pytest.approx(1 / math.log2(3))


def test_what_ranks_behind_the_cut_does_not_count() -> None:
    """Neither for nDCG nor for recall."""
    assert ndcg(["b", "a"], {"a": 1}, 1) == 0
    assert recall(["b", "a"], {"a": 1, "c": 1}, 1) == 0


def test_recall_is_the_share_of_relevant_documents_found() -> None:
    """A grade of 0 is irrelevant."""
    assert recall(["a", "x"], {"a": 2, "c": 1, "x": 0}, 10) == 0.5


@given(st.permutations("abcdef"), st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 3)))
def test_the_ideal_order_is_never_beaten(ranked: list[str], relevance: dict[str, float]) -> None:
    """Figures stay in [0, 1], and sorting by grade does not lower them."""
    ideal = sorted(ranked, key=lambda name: -relevance.get(name, 0))

    assert 0 <= ndcg(ranked, relevance, 4) <= ndcg(ideal, relevance, 4) <= 1
