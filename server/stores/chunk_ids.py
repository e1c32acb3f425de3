"""How a chunk is numbered: its version's id and its place in the version, in one 63-bit integer.

A chunk's id is never reused, and its version can be read off it, one at a time or in a whole array.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_ORDINAL_BITS = 20
MAX_CHUNKS = 1 << _ORDINAL_BITS
"""How many chunks one document version can have."""


def chunk_id(version_id: int, ordinal: int) -> int:
    """The id of chunk number `ordinal`, counted from 0, of a version."""
    return version_id << _ORDINAL_BITS | ordinal


def version_id(chunk: int) -> int:
    """The version that a chunk belongs to."""
    return chunk >> _ORDINAL_BITS


def version_ids(chunk_ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """The versions that chunks belong to, in the same order."""
    return chunk_ids >> _ORDINAL_BITS


def first_of_versions(chunk_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which chunks are the first of their version."""
    return np.asarray((chunk_ids & (MAX_CHUNKS - 1)) == 0)
