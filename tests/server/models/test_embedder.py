"""The ONNX embedder: unit vectors that depend on their own text alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from server.deadline import Deadline
from server.errors import DeadlineExceeded, ModelFailure
from server.models.embedder import OnnxEmbedder
from server.models.scheduler import Scheduler
from server.models.weights import open_weights
from tests.fakes_models import write_weights

TEXTS = ["The shop opens at nine.", "A refund takes five working days. " * 8, "", "😀 größer", "Rain is likely."]


def tiny(folder: Path, scheduler: Scheduler) -> OnnxEmbedder:
    """The embedder that reads 16 tokens and points where the sum of its words' rows does."""
    return OnnxEmbedder(open_weights(write_weights(folder, "embedder"), "embedder"), scheduler)


def test_vectors_have_length_one(bundled_embedder: OnnxEmbedder) -> None:
    """Whatever the text, even none."""
    vectors = bundled_embedder.embed(TEXTS)

    assert vectors.shape == (len(TEXTS), bundled_embedder.dimension)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-6)


def test_a_vector_depends_on_its_own_text_alone(bundled_embedder: OnnxEmbedder) -> None:
    """The same bits, alone, among others, in another order, and beside concurrent callers."""
    alone = [bundled_embedder.embed([text])[0].tobytes() for text in TEXTS]
    with ThreadPoolExecutor(4) as callers:
        together = list(callers.map(lambda _: bundled_embedder.embed(TEXTS[::-1]), range(4)))

    assert all([row.tobytes() for row in vectors[::-1]] == alone for vectors in together)


def test_texts_that_mean_the_same_are_near(bundled_embedder: OnnxEmbedder) -> None:
    """A paraphrase without a word in common is nearer than a sentence on something else."""
    query, paraphrase, other = bundled_embedder.embed(
        ["How long until I get my money back?", "Refunds are paid within five days.", "The engine has four cylinders."]
    )

    assert query @ paraphrase > query @ other + 0.2


def test_no_texts_are_no_rows(bundled_embedder: OnnxEmbedder) -> None:
    """The shape still says how wide a row would be."""
    assert bundled_embedder.embed([]).shape == (0, bundled_embedder.dimension)


def test_a_long_text_is_read_to_its_end(tmp_path: Path, scheduler: Scheduler) -> None:
    """Its vector is the direction of its windows' mean by tokens: here 16 tokens of "yes" and 6 of "no"."""
    vector = tiny(tmp_path, scheduler).embed(["yes " * 14 + "no " * 4])[0]

    assert vector == pytest.approx(np.array([16, 0, 6]) / np.hypot(16, 6), abs=1e-6)


def test_a_vector_of_no_length_is_a_failure(tmp_path: Path, scheduler: Scheduler) -> None:
    """A row of zeros has no direction and would be near everything."""
    with pytest.raises(ModelFailure, match=r"length 0\.0, not a vector of 3 numbers"):
        tiny(tmp_path, scheduler).embed(["shop opens"])


def test_a_passed_deadline_stops_embedding(bundled_embedder: OnnxEmbedder) -> None:
    """Nobody waits for the vector any more."""
    with pytest.raises(DeadlineExceeded):
        bundled_embedder.embed(["late"], Deadline.after(-1))


def test_tokens_are_counted_without_special_ones(bundled_embedder: OnnxEmbedder) -> None:
    """Three words and a full stop."""
    assert bundled_embedder.count_tokens("The shop opens.") == 4
