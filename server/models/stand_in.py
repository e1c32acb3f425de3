"""What answers when a model is missing or failing: word overlap, declared as such, and never sure of anything.

A stand-in may cost answers, since what it does not support goes to a person; it must never let one through.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from server.deadline import NEVER, Deadline
from server.domain import Degradation
from server.models.base import Pair

HIGHEST_ENTAILMENT = 0.4
"""The most that word overlap can say for entailment: below one half, so it never supports a claim."""

_WORD = re.compile(r"\w+(?:[.,]\d+)*")
_NUMBER = re.compile(r"\d")


class HashingEmbedder:
    """An `Embedder` of signed word and trigram hashes (Weinberger et al. 2009, arXiv:0902.2206); needs no weights.

    Its vectors live in a space of their own: they compare with one another, never with those of another embedder.
    """

    def __init__(self, dimension: int = 384) -> None:
        self._dimension = dimension

    @property
    def version(self) -> str:
        """Names the method and the dimension, which together decide every vector."""
        return f"hashing-{self._dimension}-1"

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        return self._dimension

    @property
    def degradation(self) -> Degradation | None:
        """Always set: this is no model."""
        return Degradation("embedder", "STAND_IN", "no embedding model is loaded; passages are compared by their words")

    def embed(self, texts: Sequence[str], deadline: Deadline = NEVER) -> NDArray[np.float32]:
        """One unit vector for each text, float32 [len(texts), dimension]; raises `DeadlineExceeded` if it passed."""
        deadline.check("embedding")
        return np.array([self._vector(text) for text in texts], dtype=np.float32).reshape(len(texts), self._dimension)

    def count_tokens(self, text: str) -> int:
        """How many words `text` has."""
        return len(_WORD.findall(text))

    def _vector(self, text: str) -> NDArray[np.float64]:
        vector = np.zeros(self._dimension)
        for word in _WORD.findall(text.lower()):
            padded = f"^{word}$"
            for feature in (word, *(padded[start : start + 3] for start in range(len(padded) - 2))):
                digest = int.from_bytes(hashlib.blake2b(feature.encode(), digest_size=8).digest())
                vector[(digest >> 1) % self._dimension] += 1.0 if digest & 1 else -1.0
        length = float(np.linalg.norm(vector))
        if length == 0:
            vector[0] = length = 1.0
        return np.asarray(vector / length)


class LexicalEntailment:
    """An `EntailmentModel` by word overlap: at best "maybe", never "yes" and never "contradicted"."""

    @property
    def version(self) -> str:
        """Names the method."""
        return "word-overlap-1"

    @property
    def degradation(self) -> Degradation | None:
        """Always set: this is no model."""
        return Degradation(
            "entailment", "STAND_IN", "no entailment model answers; claims are compared with passages by their words"
        )

    def score(self, pairs: Sequence[Pair], deadline: Deadline = NEVER) -> NDArray[np.float32]:
        """Probabilities, shape [len(pairs), 3]: entailment up to `HIGHEST_ENTAILMENT`, neutral, 0 for contradiction.

        Raises `DeadlineExceeded` when the deadline has passed before it starts.
        """
        deadline.check("entailment")
        entailment = np.array([HIGHEST_ENTAILMENT * _overlap(*pair) for pair in pairs], dtype=np.float32)
        return np.stack([entailment, 1 - entailment, np.zeros_like(entailment)], axis=1)


def _overlap(premise: str, hypothesis: str) -> float:
    """The share of the hypothesis's words that the premise has; 0 when one of its numbers is missing there."""
    known = set(_WORD.findall(premise.lower()))
    words = _WORD.findall(hypothesis.lower())
    if not words or any(_NUMBER.search(word) and word not in known for word in words):
        return 0.0
    return sum(word in known for word in words) / len(words)
