"""Chunking metrics on spans that can be counted by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.chunking.metrics import Retrieved, precision_omega, score
from eval.chunking.questions import Question, Reference

QUESTION = Question("how long?", (Reference("a", 10, 30), Reference("a", 50, 60)))


def test_recall_precision_and_iou_count_characters() -> None:
    """20 of 30 characters found in 40 read: the other 10 are missing from the union."""
    scores = score(QUESTION, [Retrieved("a", 0, 40)])

    assert scores.recall == pytest.approx(20 / 30)
    assert scores.precision == pytest.approx(20 / 40)
    assert scores.iou == pytest.approx(20 / 50)


def test_what_is_read_twice_counts_twice_in_what_was_read() -> None:
    """Overlapping chunks find nothing new, and make precision worse."""
    scores = score(QUESTION, [Retrieved("a", 0, 40), Retrieved("a", 0, 40)])

    assert scores.recall == pytest.approx(20 / 30)
    assert scores.precision == pytest.approx(20 / 80)


def test_other_documents_add_to_what_was_read_only() -> None:
    """The same offsets in another document are another text."""
    scores = score(QUESTION, [Retrieved("b", 10, 30), Retrieved("a", 10, 30)])

    assert (scores.recall, scores.precision) == (pytest.approx(20 / 30), pytest.approx(20 / 40))


def test_a_reference_is_intact_inside_one_passage_only() -> None:
    """Two halves are not the whole."""
    assert score(QUESTION, [Retrieved("a", 10, 20), Retrieved("a", 20, 30), Retrieved("a", 45, 60)]).span_intact == 0.5


def test_ndcg_prefers_the_answer_first() -> None:
    """The same passages in a better order score higher, and the ideal order scores 1."""
    best = score(QUESTION, [Retrieved("a", 10, 30), Retrieved("a", 50, 60)])
    late = score(QUESTION, [Retrieved("a", 70, 90), Retrieved("a", 10, 30)])

    assert best.ndcg == pytest.approx(1.0)
    assert late.ndcg < best.ndcg


def test_precision_omega_reads_every_chunk_with_a_part_of_the_answer() -> None:
    """Chunks of 25: the first, second and third hold 30 characters of the answer between them, in 75."""
    chunks = [Retrieved("a", start, start + 25) for start in (0, 25, 50, 75)]

    assert precision_omega(QUESTION, chunks) == pytest.approx(30 / 75)


def test_precision_omega_counts_chunks_that_only_touch() -> None:
    """A chunk that starts where a reference ends is read too, as in the published figures."""
    assert precision_omega(QUESTION, [Retrieved("a", 10, 30), Retrieved("a", 30, 40)]) == pytest.approx(20 / 30)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 80), st.integers(1, 40)), max_size=6))
def test_scores_are_shares(spans: list[tuple[str, int, int]]) -> None:
    """Whatever is retrieved, figures lie in [0, 1], and IoU is at most recall and precision."""
    scores = score(QUESTION, [Retrieved(name, start, start + size) for name, start, size in spans])

    assert all(0 <= value <= 1 for value in (scores.recall, scores.span_intact, scores.ndcg))
    assert 0 <= scores.iou <= min(scores.recall, scores.precision) <= 1
