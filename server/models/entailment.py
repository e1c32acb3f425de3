"""Entailment scores from ONNX weights: a cross-encoder that reads a premise and a hypothesis together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from pathlib import Path

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
COLUMNS = 3
"""Entailment, neutral, contradiction: the columns of the scores, whatever the model's own labels."""

LABEL_SETS = (
    {"entailment": 0, "neutral": 1, "contradiction": 2},
    {"entailment": 0, "not_entailment": 1},
)
"""The labels that a model may have, in any order, each with the column that takes its probability."""

NOTHING = np.array([0.0, 1.0, 0.0], dtype=np.float32)
"""The row of a pair with a blank side, which no model is asked about: it neither entails nor contradicts anything."""


class OnnxEntailment:
    """An `EntailmentModel` over a folder of weights whose config.json states the `labels` and the `pair_order`.

    A premise that does not fit beside its hypothesis is read in overlapping windows, and the pair's row is that of the
    window that entails the hypothesis most: a passage supports a claim when one of its parts does.
    """

    def __init__(self, weights: Weights, scheduler: Scheduler) -> None:
        self._weights = weights
        self._columns = label_columns(weights.texts("labels"), weights.folder / "config.json")
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
        scores = np.empty((len(pairs), COLUMNS), dtype=np.float32)
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
        """The softmax of one row of logits, each label's share in its column."""
        labels = len(self._columns)
        if logits.shape != (labels,):
            raise ModelFailure(f"the entailment model returned a row of shape {logits.shape}, not {labels} logits")
        exponentials = np.exp(logits.astype(np.float64) - logits.max())
        return np.asarray(exponentials / exponentials.sum() @ self._columns, dtype=np.float32)


def _entailment(row: NDArray[np.float32]) -> float:
    return float(row[0])


def label_columns(labels: Sequence[str], source: Path) -> NDArray[np.float64]:
    """What each of a model's `labels` adds to each column, shape [len(labels), 3], of zeros and ones.

    Raises `InvalidConfiguration`, naming `source`, unless the labels are one of `LABEL_SETS`; upper and lower case are the same.
    """
    known = [label.lower() for label in labels]
    for columns in LABEL_SETS:
        if sorted(known) == sorted(columns):
            return np.eye(COLUMNS)[[columns[label] for label in known]]
    raise InvalidConfiguration(
        f"{source}: 'labels' must be {' or '.join(', '.join(labels) for labels in LABEL_SETS)}, "
        f"in the order of the model's outputs, not {list(labels)}"
    )


def check_pair_order(weights: Weights) -> None:
    """Refuses weights that read the hypothesis first: no published cross-encoder does, so it is a mistake."""
    order = list(weights.texts("pair_order"))
    if order != ["premise", "hypothesis"]:
        raise InvalidConfiguration(
            f"{weights.folder / 'config.json'}: 'pair_order' must be ['premise', 'hypothesis'], not {order}"
        )
