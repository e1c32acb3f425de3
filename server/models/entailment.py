"""Entailment scores from ONNX weights: a cross-encoder that reads a premise and a hypothesis together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from server.deadline import NEVER, Deadline
from server.domain import Degradation
from server.errors import InvalidConfiguration, ModelFailure
from server.models.base import Pair
from server.models.onnx import OnnxNetwork
from server.models.scheduler import Network, Scheduler, Tokens
from server.models.tokens import load_tokenizer, pair_windows
from server.models.weights import Weights

OUTPUT = "logits"
LABELS = ("entailment", "neutral", "contradiction")
"""The columns of the scores, whatever order the model has."""


NOTHING = np.array([0.0, 1.0, 0.0], dtype=np.float32)
"""The row of a pair with a blank side, which no model is asked about: what says nothing entails and contradicts nothing."""


class OnnxEntailment:
    """An `EntailmentModel` over a folder of weights whose config.json states the `labels` and the `pair_order`.

    A premise that does not fit beside its hypothesis is read in overlapping windows, and the pair's row is that of the
    window that entails the hypothesis most: a passage supports a claim when one of its parts does.
    """

    def __init__(self, weights: Weights, scheduler: Scheduler) -> None:
        self._weights = weights
        self._columns = label_columns(weights)
        check_pair_order(weights)
        self._tokenizer = load_tokenizer(weights.tokenizer)
        self._network: Network = OnnxNetwork(weights.model, OUTPUT)
        self._scheduler = scheduler

    @property
    def version(self) -> str:
        """The version that the weights' config.json states."""
        return self._weights.version

    @property
    def degradation(self) -> Degradation | None:
        """None: this is the real model."""
        return None

    def score(self, pairs: Sequence[Pair], deadline: Deadline = NEVER) -> NDArray[np.float32]:
        """Probabilities of entailment, neutral and contradiction, float32 [len(pairs), 3], each row summing to 1.

        Row i depends on `pairs[i]` alone. Raises `ModelFailure` when the model fails or when a hypothesis is too long
        to leave a premise room, and `Overloaded` or `DeadlineExceeded` as `Scheduler.run` does.
        """
        windows = [self._read(index, pair) if all(map(str.strip, pair)) else [] for index, pair in enumerate(pairs)]
        flat = [window for group in windows for window in group]
        rows = self._scheduler.run(self._network, flat, deadline)
        scores = np.empty((len(pairs), len(LABELS)), dtype=np.float32)
        ends = accumulate((len(group) for group in windows), initial=0)
        for index, (start, end) in enumerate(pairwise(ends)):
            scores[index] = max((self._probabilities(row) for row in rows[start:end]), key=_entailment, default=NOTHING)
        return scores

    def _read(self, index: int, pair: Pair) -> list[Tokens]:
        premise, hypothesis = pair
        windows = pair_windows(self._tokenizer, premise, hypothesis, self._weights.max_tokens)
        if not windows:
            raise ModelFailure(
                f"pair {index}: its hypothesis of {len(hypothesis)} characters leaves no room for a premise "
                f"in the {self._weights.max_tokens} tokens that {self._weights.version} reads; shorten it"
            )
        return windows

    def _probabilities(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """The softmax of one row of logits, in the order of `LABELS`."""
        if logits.shape != (len(LABELS),):
            raise ModelFailure(f"the entailment model returned a row of shape {logits.shape}, not {len(LABELS)} logits")
        ordered = logits[self._columns].astype(np.float64)
        exponentials = np.exp(ordered - ordered.max())
        return np.asarray(exponentials / exponentials.sum(), dtype=np.float32)


def _entailment(row: NDArray[np.float32]) -> float:
    return float(row[0])


def label_columns(weights: Weights) -> list[int]:
    """Where the model puts each of `LABELS`; raises `InvalidConfiguration` unless it has exactly these."""
    labels = [label.lower() for label in weights.texts("labels")]
    if sorted(labels) != sorted(LABELS):
        raise InvalidConfiguration(
            f"{weights.folder / 'config.json'}: 'labels' must name {', '.join(LABELS)} once each, "
            f"in the order of the model's outputs, not {list(weights.texts('labels'))}"
        )
    return [labels.index(label) for label in LABELS]


def check_pair_order(weights: Weights) -> None:
    """Refuses weights that read the hypothesis first: no published cross-encoder does, so it is a mistake."""
    order = list(weights.texts("pair_order"))
    if order != ["premise", "hypothesis"]:
        raise InvalidConfiguration(
            f"{weights.folder / 'config.json'}: 'pair_order' must be ['premise', 'hypothesis'], not {order}"
        )
