"""How much time a request has left, passed down as a value and asked before work starts."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from server.errors import DeadlineExceeded


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the monotonic clock, in seconds; infinity for none."""

    at: float = math.inf

    @classmethod
    def after(cls, seconds: float | None) -> Deadline:
        """The deadline `seconds` from now; None means none."""
        return cls(math.inf if seconds is None else time.monotonic() + seconds)

    @property
    def remaining(self) -> float:
        """Seconds left; negative once it has passed."""
        return self.at - time.monotonic()

    @property
    def passed(self) -> bool:
        """Whether there is no time left."""
        return self.remaining <= 0

    def check(self, during: str) -> None:
        """Raise `DeadlineExceeded`, naming the work that was about to start, if there is no time left."""
        if self.passed:
            raise DeadlineExceeded(during)


NEVER = Deadline()
