"""Why an answer, or a part of it, is not simply let through."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from server.domain.spans import Span


class ReasonCode(StrEnum):
    """Why an answer, or a claim, is not simply let through; part of the contract."""

    CLAIM_CONTRADICTED = "CLAIM_CONTRADICTED"
    CLAIM_UNSUPPORTED = "CLAIM_UNSUPPORTED"
    CLAIM_CONFLICTING = "CLAIM_CONFLICTING"
    CLAIM_NOT_CHECKED = "CLAIM_NOT_CHECKED"
    FACT_MISMATCH = "FACT_MISMATCH"
    LOW_CONFIDENCE = "LOW_CONFIDENCE"
    HIGH_STAKES = "HIGH_STAKES"
    NO_EVIDENCE = "NO_EVIDENCE"
    NO_CLAIMS = "NO_CLAIMS"
    OVERSIZE = "OVERSIZE"
    DEADLINE = "DEADLINE"
    MODEL_FAILURE = "MODEL_FAILURE"
    DEGRADED = "DEGRADED"
    ABSTENTION = "ABSTENTION"
    OVER_REFUSAL = "OVER_REFUSAL"
    OFF_TOPIC = "OFF_TOPIC"
    EVIDENCE_OUT_OF_DATE = "EVIDENCE_OUT_OF_DATE"
    INJECTION_SUSPECTED = "INJECTION_SUSPECTED"
    HIDDEN_TEXT = "HIDDEN_TEXT"
    UNTRUSTED_SUPPORT = "UNTRUSTED_SUPPORT"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the decision is not PASS; `claims` are indexes into the verdict's, `category` is set for HIGH_STAKES."""

    code: ReasonCode
    message: str
    claims: tuple[int, ...] = ()
    category: str = ""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Text that is hidden from readers or reads like an instruction to a model: `code` is HIDDEN_TEXT or INJECTION_SUSPECTED.

    It stands at `span` of the answer, or of passage number `passage` if that is not None. `text` shows it to people, shortened.
    """

    code: ReasonCode
    span: Span
    text: str
    passage: int | None = None
