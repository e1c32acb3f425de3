"""An embedder that remembers: choices of one run share their questions, and often chunks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chunkers import TokenCounter
from server.deadline import NEVER, Deadline
from server.domain import Degradation
from server.models.base import Embedder


class RememberingEmbedder:
    """An `Embedder` that asks another one for each text once; not for use from several threads."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, NDArray[np.float32]] = {}

    @property
    def version(self) -> str:
        """That of the embedder behind it."""
        return self._embedder.version

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        return self._embedder.dimension

    @property
    def degradation(self) -> Degradation | None:
        """That of the embedder behind it."""
        return self._embedder.degradation

    @property
    def count_tokens(self) -> TokenCounter:
        """That of the embedder behind it."""
        return self._embedder.count_tokens

    def embed(self, texts: Sequence[str], deadline: Deadline = NEVER) -> NDArray[np.float32]:
        """One unit vector for each text, float32 [len(texts), dimension]."""
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if new:
            self._vectors.update(zip(new, self._embedder.embed(new, deadline), strict=True))
        return np.array([self._vectors[text] for text in texts], dtype=np.float32).reshape(-1, self.dimension)
