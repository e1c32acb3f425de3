"""Entailment scores from a token classifier, which says of each token of a claim whether the premise leaves it unsupported.

The kind of model that LettuceDetect made known (https://arxiv.org/abs/2502.17125): premise and claim are read together, and each
token gets a probability of being hallucinated. One unsupported word is enough to make a claim unsupported, so a claim's support is
what its least supported token leaves.
"""

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
from server.models.entailment import COLUMNS, NOTHING, OUTPUT, check_pair_order
from server.models.onnx import OnnxNetwork
from server.models.scheduler import Network, Scheduler
from server.models.tokens import PairWindow, load_tokenizer, marked_pair_windows
from server.models.weights import Weights

KIND = "token-classifier"
LABEL_SETS = (frozenset({"supported", "unsupported"}), frozenset({"supported", "hallucinated"}))
"""The labels that a token may get, in any order."""


class OnnxTokenClassifier:
    """An `EntailmentModel` over a folder of weights of the kind `token-classifier`.

    A premise that does not fit beside its claim is read in overlapping windows, and the window that supports the claim most
    decides. Nothing is ever contradicted: such models do not tell what is denied from what is only not stated.
    """

    def __init__(self, weights: Weights, scheduler: Scheduler) -> None:
        self._weights = weights
        self._supported = supported_column(weights.texts("labels"), weights.folder / "config.json")
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
        """None: this is a real model."""
        return None

    def score(self, pairs: Sequence[Pair], deadline: Deadline = NEVER) -> NDArray[np.float32]:
        """Probabilities of entailment and neutral, 0 for contradiction, float32 [len(pairs), 3], each row summing to 1.

        Row i depends on `pairs[i]` alone. Raises `ModelFailure` when the model fails or when a claim is too long to leave a
        premise room, and `Overloaded` or `DeadlineExceeded` as `Scheduler.run` does.
        """
        windows = [self._read(index, pair) if all(map(str.strip, pair)) else [] for index, pair in enumerate(pairs)]
        flat = [window for group in windows for window in group]
        rows = self._scheduler.run(self._network, [window.tokens for window in flat], deadline)
        supports = [self._support(window, row) for window, row in zip(flat, rows, strict=True)]
        scores = np.tile(NOTHING, (len(pairs), 1))
        ends = accumulate((len(group) for group in windows), initial=0)
        for index, (start, end) in enumerate(pairwise(ends)):
            if start < end:
                support = max(supports[start:end])
                scores[index] = (support, 1.0 - support, 0.0)
        return scores.astype(np.float32).reshape(-1, COLUMNS)

    def _read(self, index: int, pair: Pair) -> list[PairWindow]:
        premise, claim = pair
        windows = marked_pair_windows(self._tokenizer, premise, claim, self._weights.max_tokens)
        if not windows:
            raise ModelFailure(
                f"pair {index}: its claim of {len(claim)} characters leaves no room for a premise "
                f"in the {self._weights.max_tokens} tokens that {self._weights.version} reads; shorten it"
            )
        return windows

    def _support(self, window: PairWindow, logits: NDArray[np.float32]) -> float:
        """What the least supported token of the claim leaves, in [0, 1]; 0 for a claim of which no token is left."""
        if logits.shape != (len(window.tokens), 2):
            raise ModelFailure(
                f"the token classifier returned the shape {logits.shape}, not two logits for each of {len(window.tokens)} tokens"
            )
        own = logits[window.second].astype(np.float64)
        if not len(own):
            return 0.0
        against = own[:, 1 - self._supported] - own[:, self._supported]
        return float(1.0 / (1.0 + np.exp(np.clip(against.max(), -60.0, 60.0))))


def supported_column(labels: Sequence[str], source: Path) -> int:
    """Which of a model's two outputs says that a token is supported.

    Raises `InvalidConfiguration`, naming `source`, unless the labels are one of `LABEL_SETS`; upper and lower case are the same.
    """
    known = [label.lower() for label in labels]
    if len(known) == 2 and frozenset(known) in LABEL_SETS:
        return known.index("supported")
    raise InvalidConfiguration(
        f"{source}: 'labels' must be {' or '.join(', '.join(sorted(each)) for each in LABEL_SETS)}, "
        f"in the order of the model's outputs, not {list(labels)}"
    )
