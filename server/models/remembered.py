"""What the entailment model said before, kept so that a pair which comes again is not read again.

A row depends on its pair alone (docs/decisions/0002-row-independent-inference.md), so a remembered row is the row. Nothing is kept
of the texts but a keyed hash, whose key is made anew with each process.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from server.deadline import NEVER, Deadline
from server.domain import Degradation
from server.models.base import EntailmentModel, Pair

_KEY_BYTES = 32
_DIGEST_BYTES = 16
_COLUMNS = 3
_SUM_TOLERANCE = 1e-2


class ScoreMemory:
    """Rows of scores of at most `capacity` pairs; those that nobody asked for longest go first. Safe to share between threads."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._rows: OrderedDict[bytes, bytes] = OrderedDict()
        self._lock = threading.Lock()
        self._key = secrets.token_bytes(_KEY_BYTES)

    def __len__(self) -> int:
        return len(self._rows)

    def of(self, scope: str, model: EntailmentModel) -> EntailmentModel:
        """`model` for askers of one `scope`: they share what is remembered with each other, and with nobody else.

        How soon a verdict comes tells whether a pair was asked about before. So a scope must hold all by which one asker may see
        what another may not.
        """
        return RememberedEntailment(model, self, scope)

    def key(self, *parts: str) -> bytes:
        """The hash of some texts, other for any other texts."""
        digest = hashlib.blake2b(key=self._key, digest_size=_DIGEST_BYTES)
        for part in parts:
            encoded = part.encode("utf-8", "surrogatepass")
            digest.update(len(encoded).to_bytes(8, "big"))
            digest.update(encoded)
        return digest.digest()

    def recall(self, keys: Sequence[bytes]) -> list[NDArray[np.float32] | None]:
        """The row of each key, or None where there is none."""
        with self._lock:
            found = [self._rows.get(key) for key in keys]
            for key, row in zip(keys, found, strict=True):
                if row is not None:
                    self._rows.move_to_end(key)
        return [None if row is None else np.frombuffer(row, dtype=np.float32) for row in found]

    def keep(self, keys: Sequence[bytes], rows: NDArray[np.float32]) -> None:
        """Remember the row of each key."""
        with self._lock:
            for key, row in zip(keys, rows, strict=True):
                self._rows[key] = row.tobytes()
                self._rows.move_to_end(key)
            while len(self._rows) > self._capacity:
                self._rows.popitem(last=False)


class RememberedEntailment:
    """An `EntailmentModel` that asks `model` only about pairs that `memory` has no row of for this scope and version.

    What a model says while a stand-in answers is neither remembered nor looked up, and neither is a row that is no probability.
    """

    def __init__(self, model: EntailmentModel, memory: ScoreMemory, scope: str) -> None:
        self._model = model
        self._memory = memory
        self._scope = scope

    @property
    def version(self) -> str:
        """The version of the model."""
        return self._model.version

    @property
    def degradation(self) -> Degradation | None:
        """What the model declares."""
        return self._model.degradation

    def score(self, pairs: Sequence[Pair], deadline: Deadline = NEVER) -> NDArray[np.float32]:
        """The model's probabilities, float32 [len(pairs), 3]; raises what the model raises, and keeps nothing of a failure."""
        if self._model.degradation is not None:
            return self._model.score(pairs, deadline)
        version = self._model.version
        keys = [self._memory.key(self._scope, version, *pair) for pair in pairs]
        rows = self._memory.recall(keys)
        unread = [at for at, row in enumerate(rows) if row is None]
        if not unread:
            return np.array(rows, dtype=np.float32).reshape(-1, _COLUMNS)
        read = self._model.score([pairs[at] for at in unread], deadline)
        if self._model.degradation is None and self._model.version == version and _are_probabilities(read, len(unread)):
            self._memory.keep([keys[at] for at in unread], read)
        if len(unread) == len(pairs):
            return read
        scores = np.empty((len(pairs), _COLUMNS), dtype=np.float32)
        for at, row in enumerate(rows):
            if row is not None:
                scores[at] = row
        scores[unread] = read
        return scores


def _are_probabilities(rows: NDArray[np.float32], count: int) -> bool:
    return (
        rows.shape == (count, _COLUMNS)
        and rows.dtype == np.float32
        and bool(
            np.isfinite(rows).all() and (rows >= 0).all() and (np.abs(rows.sum(axis=1) - 1) <= _SUM_TOLERANCE).all()
        )
    )
