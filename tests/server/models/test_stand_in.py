"""The stand-ins: declared, repeatable, and never sure."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.deadline import Deadline
from server.errors import DeadlineExceeded
from server.models.stand_in import HIGHEST_ENTAILMENT, HashingEmbedder, LexicalEntailment


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_word_overlap_never_supports_and_never_contradicts(pairs: list[tuple[str, str]]) -> None:
    """A lower tier may only lower confidence."""
    scores = LexicalEntailment().score(pairs)

    assert scores.shape == (len(pairs), 3)
    assert (scores[:, 0] <= np.float32(HIGHEST_ENTAILMENT)).all()
    assert (scores[:, 2] == 0).all()
    assert scores.sum(axis=1) == pytest.approx(1, abs=1e-6)


def test_more_words_in_common_score_higher() -> None:
    """It still ranks evidence for the person who will look."""
    scores = LexicalEntailment().score(
        [("The shop opens at nine.", "The shop opens."), ("Rain is likely.", "The shop opens.")]
    )

    assert scores[0, 0] == pytest.approx(HIGHEST_ENTAILMENT)
    assert scores[1, 0] == 0


def test_a_number_that_the_premise_lacks_leaves_nothing() -> None:
    """Eleven of twelve words in common, and still wrong."""
    assert LexicalEntailment().score([("It costs 1,250.00 euros.", "It costs 1,350.00 euros.")])[0, 0] == 0


def test_stand_ins_are_declared() -> None:
    """What they answer for is said in every reply."""
    assert [HashingEmbedder().degradation.component, LexicalEntailment().degradation.component] == [
        "embedder",
        "entailment",
    ]


@given(st.lists(st.text(), max_size=5))
def test_hashed_vectors_have_length_one(texts: list[str]) -> None:
    """Even of an empty text, since the index takes unit vectors."""
    vectors = HashingEmbedder(32).embed(texts)

    assert vectors.shape == (len(texts), 32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(texts)), abs=1e-6)


def test_hashed_vectors_are_near_when_words_are_shared() -> None:
    """Another form of a word counts through its trigrams."""
    query, near, far = HashingEmbedder().embed(["refund policy", "policies on refunds", "quantum chromodynamics"])

    assert query @ near > query @ far + 0.2


@pytest.mark.parametrize("ask", [HashingEmbedder().embed, LexicalEntailment().score])
def test_a_passed_deadline_is_noticed(ask: Callable[[list[str], Deadline], object]) -> None:
    """As with a model."""
    with pytest.raises(DeadlineExceeded):
        ask([], Deadline.after(-1))
