"""Flagged answers, and what people decide about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from server.domain.requests import ValidationRequest
from server.domain.verdicts import Verdict


class CaseState(StrEnum):
    """Whether a person has decided a case."""

    OPEN = "OPEN"
    RESOLVED = "RESOLVED"


class Resolution(StrEnum):
    """What a person decided: the answer was right, wrong, or right after a correction."""

    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    CORRECTED = "CORRECTED"


@dataclass(frozen=True, slots=True)
class Ruling:
    """A person's decision on a case; `corrected_answer` is given exactly when the resolution is CORRECTED."""

    resolution: Resolution
    reviewer: str
    note: str = ""
    corrected_answer: str = ""
    resolved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReviewCase:
    """A flagged answer, kept with all that a person needs to decide it."""

    case_id: str
    tenant: str
    created_at: datetime
    request: ValidationRequest
    verdict: Verdict
    ruling: Ruling | None = None

    @property
    def state(self) -> CaseState:
        """OPEN until somebody has ruled."""
        return CaseState.OPEN if self.ruling is None else CaseState.RESOLVED
