"""How large a chunk may be, and who counts."""

from collections.abc import Callable
from dataclasses import dataclass

from chunkers.errors import InvalidLimits

TokenCounter = Callable[[str], int]
"""Returns the number of tokens a model sees for a text, special tokens included. More text never means fewer tokens.

A counter whose tokenizer reads every word by itself should come as a `WordwiseCounter`: cutting is then several times
faster."""

SMALLEST_CHUNK = 16


@dataclass(frozen=True, slots=True)
class ChunkLimits:
    """Bounds of a chunk, in tokens.

    max_tokens: of the context prefix and the text together; at least 16, since one character alone can take several.
    overlap_tokens: how much of a chunk's end the next one may repeat; less than half of `max_tokens`.

    Raises InvalidLimits.
    """

    max_tokens: int = 200
    overlap_tokens: int = 0

    def __post_init__(self) -> None:
        if self.max_tokens < SMALLEST_CHUNK:
            raise InvalidLimits(f"max_tokens is {self.max_tokens}; it must be at least {SMALLEST_CHUNK}")
        if not 0 <= self.overlap_tokens < self.max_tokens / 2:
            raise InvalidLimits(
                f"overlap_tokens is {self.overlap_tokens}; it must be from 0 to less than half of max_tokens "
                f"({self.max_tokens})"
            )
