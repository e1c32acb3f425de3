"""Callers with all permissions, an embedder that needs no model (`server.models.base.Embedder`), and a memory of used tokens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from server.access.control import AccessControl
from server.access.policies import load_access_policies
from server.deadline import NEVER, Deadline
from server.domain import Caller, Degradation, Permission, Resource

ACME = Caller("acme", "ann", permissions=tuple(Permission))
OTHER = Caller("other", "oscar", permissions=tuple(Permission))


_POLICIES = load_access_policies()
OPEN = AccessControl(lambda: _POLICIES)
"""The built-in policies, on a server of no region."""


def anyone(_: Resource) -> bool:
    """Lets everybody do everything."""
    return True


def unlimited(tenant: str, size: int) -> None:
    """Lets every tenant store as much as it likes."""


@dataclass
class WordEmbedder:
    """Hashes words into a vector, so that texts with the same words are near each other.

    `error` is raised whenever it embeds; `calls` holds the texts of each call.
    """

    version: str = "words-1"
    dimension: int = 64
    degradation: Degradation | None = None
    error: Exception | None = None
    calls: list[tuple[str, ...]] = field(default_factory=list)

    def embed(self, texts: Sequence[str], deadline: Deadline = NEVER) -> NDArray[np.float32]:
        self.calls.append(tuple(texts))
        if self.error is not None:
            raise self.error
        return np.array([self._vector(text) for text in texts], dtype=np.float32).reshape(-1, self.dimension)

    def count_tokens(self, text: str) -> int:
        return len(re.findall(r"\w+|[^\w\s]", text))

    def _vector(self, text: str) -> NDArray[np.float32]:
        vector = np.full(self.dimension, 1e-3, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()):
            vector[int.from_bytes(blake2b(word.encode(), digest_size=4).digest(), "little") % self.dimension] += 1
        return vector / np.linalg.norm(vector)


class SpentInMemory:
    """Remembers used tokens for the length of a test."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def spend(self, name: str, expires: float) -> Future[bool]:
        """True for the first."""
        del expires
        first: Future[bool] = Future()
        first.set_result(name not in self.names)
        self.names.add(name)
        return first
