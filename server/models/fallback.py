"""A circuit breaker around the entailment model: after repeated failures the stand-in answers, and says so."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from server.deadline import NEVER, Deadline
from server.domain import Degradation
from server.errors import ModelFailure
from server.models.base import EntailmentModel, Pair


class FallbackEntailment:
    """An `EntailmentModel` that asks `model`, and `stand_in` once `model` has failed `patience` times in a row.

    While the stand-in answers, one call every `cool_down` seconds tries the model again. `degradation` stays set for
    `cool_down` after the stand-in's last answer, so that a caller who reads it after scoring never misses it; read too
    late, it sends one answer more to a person, which is the safe side.

    There is no such thing for embedders: vectors of two embedders do not compare, so a failing embedder leaves lexical
    search.
    """

    def __init__(
        self,
        model: EntailmentModel,
        stand_in: EntailmentModel,
        *,
        patience: int = 3,
        cool_down: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model = model
        self._stand_in = stand_in
        self._patience = patience
        self._cool_down = cool_down
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._retry_at = -math.inf
        self._stood_in_at = -math.inf

    @property
    def version(self) -> str:
        """The version of whichever answers, so that no verdict names a model that did not judge it."""
        return self._model.version if self.degradation is None else self._stand_in.version

    @property
    def degradation(self) -> Degradation | None:
        """What to declare in verdicts scored up to now; None when only the model has answered lately."""
        with self._lock:
            stood_in_lately = self._clock() - self._stood_in_at < self._cool_down
        return self._stand_in.degradation if stood_in_lately else self._model.degradation

    def score(self, pairs: Sequence[Pair], deadline: Deadline = NEVER) -> NDArray[np.float32]:
        """Probabilities as `EntailmentModel.score` gives them, from the model or from the stand-in.

        The first `patience - 1` failures in a row are raised as `ModelFailure`. A full queue or a passed deadline is no
        failure.
        """
        if not self._may_ask_model():
            return self._stand_in.score(pairs, deadline)
        try:
            scores = self._model.score(pairs, deadline)
        except ModelFailure:
            if not self._open_after_failure():
                raise
            return self._stand_in.score(pairs, deadline)
        with self._lock:
            self._failures = 0
        return scores

    def _may_ask_model(self) -> bool:
        """Whether this call goes to the model; while it is failing, the first call after each `cool_down` does."""
        with self._lock:
            now = self._clock()
            if self._failures < self._patience:
                return True
            if now >= self._retry_at:
                self._retry_at = now + self._cool_down
                return True
            self._stood_in_at = now
            return False

    def _open_after_failure(self) -> bool:
        """Counts a failure; True when the stand-in answers from here on."""
        with self._lock:
            now = self._clock()
            self._failures += 1
            if self._failures < self._patience:
                return False
            self._retry_at = self._stood_in_at = now
            self._retry_at += self._cool_down
            return True
