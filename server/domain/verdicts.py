"""What the service says of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from server.domain.claims import ClaimVerdict
from server.domain.corrections import Correction
from server.domain.evidence import Passage
from server.domain.reasons import Reason, Suspicion
from server.domain.service import Degradation, Timing


class Decision(StrEnum):
    """What the application should do with the answer."""

    PASS = "PASS"
    ROUTE_TO_HUMAN = "ROUTE_TO_HUMAN"
    BLOCK = "BLOCK"


@dataclass(frozen=True, slots=True)
class Versions:
    """Everything that a verdict depends on, so that it can be explained and repeated."""

    service: str = ""
    entailment_model: str = ""
    embedding_model: str = ""
    policy: str = ""
    index_revision: int = 0
    chunkers: tuple[str, ...] = ()
    access_policy: str = ""
    masking_policy: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a server has signed of a verdict: a canonical statement and the time; the signature is hexadecimal."""

    statement: str
    issued_at: datetime
    key_id: str
    signature: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the service says of an answer.

    `confidence` is the calibrated probability in [0, 1] that every claim is supported; `support_score` the share of
    claims (NOT_A_CLAIM aside) that are; `evidence_read` the share of the evidence's characters that the model read.
    """

    decision: Decision
    confidence: float
    support_score: float
    evidence_read: float
    claims: tuple[ClaimVerdict, ...]
    passages: tuple[Passage, ...]
    reasons: tuple[Reason, ...] = ()
    categories: tuple[str, ...] = ()
    degraded: tuple[Degradation, ...] = ()
    versions: Versions = Versions()
    timings: tuple[Timing, ...] = ()
    review_case_id: str = ""
    suspicions: tuple[Suspicion, ...] = ()
    correction: Correction | None = None
    receipt: Receipt | None = None

    @property
    def route_to_human(self) -> bool:
        """Whether a person must look at the answer before anyone relies on it."""
        return self.decision is not Decision.PASS
