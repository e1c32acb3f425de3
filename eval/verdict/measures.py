"""A figure that the service promises, and what was reached."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """`count` of `of` cases, and the `bar` for their share: at least it, or with `is_most` at most it.

    `examples` are some of the cases on the wrong side.
    """

    name: str
    count: int
    of: int
    bar: float
    is_most: bool = False
    examples: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """In [0, 1]; 0 of none."""
        return self.count / self.of if self.of else 0.0

    @property
    def is_met(self) -> bool:
        """Whether the share is on the right side of the bar; nothing measured meets nothing."""
        if not self.of:
            return False
        return self.share <= self.bar if self.is_most else self.share >= self.bar


def measure(name: str, found: list[tuple[bool, str]], bar: float, *, is_most: bool = False) -> Measure:
    """The share of true ones among `found`; the texts of the cases on the wrong side of the bar become examples."""
    wrong = tuple(text for is_so, text in found if is_so == is_most)
    return Measure(name, sum(is_so for is_so, _ in found), len(found), bar, is_most, wrong[:10])
