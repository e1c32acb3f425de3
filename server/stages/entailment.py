"""Asks the entailment model, once for all claims, and trusts nothing that is not a probability."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from server.deadline import Deadline
from server.errors import DeadlineExceeded, ModelFailure, Overloaded
from server.models.base import EntailmentModel, Pair

_SUM_TOLERANCE = 1e-2


def score_pairs(model: EntailmentModel, pairs: Sequence[Pair], deadline: Deadline) -> NDArray[np.float32]:
    """Probabilities of entailment, neutral and contradiction, shape [len(pairs), 3].

    Whatever the model raises becomes `ModelFailure`, except `DeadlineExceeded` and `Overloaded`, which say what they mean. Scores
    that are not finite, or rows that do not sum to 1, are a `ModelFailure` too.
    """
    if not pairs:
        return np.zeros((0, 3), dtype=np.float32)
    deadline.check("entailment")
    try:
        scores = np.asarray(model.score(pairs, deadline), dtype=np.float32)
    except (DeadlineExceeded, Overloaded, ModelFailure):
        raise
    except Exception as error:
        raise ModelFailure(f"the entailment model failed: {type(error).__name__}") from error
    if scores.shape != (len(pairs), 3):
        raise ModelFailure(f"the entailment model returned the shape {scores.shape} for {len(pairs)} pairs")
    if not np.isfinite(scores).all() or (scores < 0).any() or (np.abs(scores.sum(axis=1) - 1.0) > _SUM_TOLERANCE).any():
        raise ModelFailure("the entailment model returned scores that are no probabilities")
    return scores
