"""The two seams behind which models live, so that stages and use cases run on any model, or on a fake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from server.deadline import NEVER, Deadline
from server.domain import Degradation

Pair: TypeAlias = tuple[str, str]
"""A premise and a hypothesis."""


class Embedder(Protocol):
    """Turns texts into unit vectors; safe to call from many threads."""

    @property
    def version(self) -> str:
        """A name that changes whenever the vectors would."""

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""

    @property
    def degradation(self) -> Degradation | None:
        """What to declare in replies when this is a stand-in, or None."""

    def embed(self, texts: Sequence[str], deadline: Deadline = NEVER) -> NDArray[np.float32]:
        """One L2-normalised row for each text, shape [len(texts), dimension]; row i depends on `texts[i]` alone.

        Raises `ModelFailure` when the model fails and `DeadlineExceeded` when queued work outlives its deadline.
        """

    def count_tokens(self, text: str, /) -> int:
        """How many tokens the model's tokenizer makes of `text`, special tokens not counted."""


class EntailmentModel(Protocol):
    """Says whether premises entail hypotheses; safe to call from many threads."""

    @property
    def version(self) -> str:
        """A name that changes whenever the scores would."""

    @property
    def degradation(self) -> Degradation | None:
        """What to declare in verdicts when this is a stand-in, or None."""

    def score(self, pairs: Sequence[Pair], deadline: Deadline = NEVER) -> NDArray[np.float32]:
        """Probabilities of entailment, neutral and contradiction, shape [len(pairs), 3], each row summing to 1.

        Row i depends on `pairs[i]` alone, whatever else is in the batch. Raises `ModelFailure` when the model fails or
        returns what is no probability, and `DeadlineExceeded` when queued work outlives its deadline.
        """
