"""What happens while an answer is still being written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from server.domain.claims import ClaimVerdict
from server.domain.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class ClaimJudged:
    """A claim has closed, and this is the verdict on it; `number` counts from 1 and is not used again."""

    number: int
    verdict: ClaimVerdict


@dataclass(frozen=True, slots=True)
class ClaimRetracted:
    """The verdict `number` no longer holds, because what was written since is read together with its claim."""

    number: int


@dataclass(frozen=True, slots=True)
class Leak:
    """What of an answer was handed in from the start of the claim that stopped it on; `size` counts UTF-8 bytes."""

    size: int
    characters: int
    pieces: int


@dataclass(frozen=True, slots=True)
class WritingStopped:
    """The policy's limit is crossed by the verdict `number`: stop writing, and show nothing more."""

    number: int
    message: str
    leak: Leak


@dataclass(frozen=True, slots=True)
class Finalised:
    """The verdict on the whole answer; `leak` is all that was handed in after the claim that stopped it, if one did."""

    answer: str
    verdict: Verdict
    leak: Leak | None = None


StreamEvent: TypeAlias = ClaimJudged | ClaimRetracted | WritingStopped | Finalised
