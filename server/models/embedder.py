"""Sentence embeddings from ONNX weights."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from chunkers import TokenCounter
from server.deadline import NEVER, Deadline
from server.domain import Degradation
from server.errors import ModelFailure
from server.models.onnx import OnnxNetwork
from server.models.scheduler import Network, Scheduler, Tokens
from server.models.tokens import load_tokenizer, text_windows, token_counter
from server.models.weights import Weights

OUTPUT = "sentence_embedding"


class OnnxEmbedder:
    """An `Embedder` over a folder of weights whose config.json states the `dimension`.

    A text longer than the model reads at once is read in windows; its vector is the mean of theirs, weighted by tokens
    and normalised.
    """

    def __init__(self, weights: Weights, scheduler: Scheduler) -> None:
        self._weights = weights
        self._dimension = weights.number("dimension")
        self._tokenizer = load_tokenizer(weights.tokenizer)
        self._counter = token_counter(self._tokenizer)
        self._network: Network = OnnxNetwork(weights.model, OUTPUT)
        self._scheduler = scheduler

    @property
    def version(self) -> str:
        """The version that the weights' config.json states."""
        return self._weights.version

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        return self._dimension

    @property
    def degradation(self) -> Degradation | None:
        """None: this is the real model."""
        return None

    def embed(self, texts: Sequence[str], deadline: Deadline = NEVER) -> NDArray[np.float32]:
        """One unit vector for each text, float32 [len(texts), dimension]; row i depends on `texts[i]` alone.

        Raises `ModelFailure`, `Overloaded` or `DeadlineExceeded` as `Scheduler.run` does.
        """
        windows = [text_windows(self._tokenizer, text, self._weights.max_tokens) for text in texts]
        flat = [window for group in windows for window in group]
        rows = self._scheduler.run(self._network, flat, deadline)
        vectors = np.empty((len(texts), self._dimension), dtype=np.float32)
        ends = accumulate((len(group) for group in windows), initial=0)
        for index, (start, end) in enumerate(pairwise(ends)):
            vectors[index] = self._join(flat[start:end], rows[start:end])
        return vectors

    @property
    def count_tokens(self) -> TokenCounter:
        """Counts the tokens that the model's tokenizer makes of a text, special tokens not counted."""
        return self._counter

    def _join(self, windows: Sequence[Tokens], rows: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        total = sum(len(window) * row.astype(np.float64) for window, row in zip(windows, rows, strict=True))
        length = float(np.linalg.norm(total))
        if np.shape(total) != (self._dimension,) or not length > 0:
            raise ModelFailure(
                f"the embedder returned a row of shape {np.shape(total)} and length {length}, "
                f"not a vector of {self._dimension} numbers"
            )
        return np.asarray(total / length, dtype=np.float32)
