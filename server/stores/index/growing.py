"""An array that only grows, so that a reader's slice of it stays true while the one writer appends."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Scalar = TypeVar("Scalar", bound=np.generic)

_SMALLEST = 16


class Growing(Generic[Scalar]):
    """Appended to by one thread; `frozen` may be called, and its result kept, by any."""

    def __init__(self, kind: type[Scalar]) -> None:
        self._items: NDArray[Any] = np.empty(_SMALLEST, dtype=kind)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def extend(self, values: ArrayLike) -> None:
        """Append values, moving to a larger array when this one is full; slices taken before keep the old one."""
        added = np.asarray(values, dtype=self._items.dtype)
        end = self._length + len(added)
        if end > len(self._items):
            larger = np.empty(max(end, 2 * len(self._items)), dtype=self._items.dtype)
            larger[: self._length] = self._items[: self._length]
            self._items = larger
        self._items[self._length : end] = added
        self._length = end

    def frozen(self) -> NDArray[Scalar]:
        """What is there now."""
        return self._items[: self._length]
