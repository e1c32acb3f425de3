"""What the evidence says of each claim of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from server.domain.facts import FactCheck
from server.domain.reasons import ReasonCode
from server.domain.spans import Span


class Label(StrEnum):
    """What the evidence says of a claim."""

    SUPPORTED = "SUPPORTED"
    CONTRADICTED = "CONTRADICTED"
    UNSUPPORTED = "UNSUPPORTED"
    CONFLICTING = "CONFLICTING"
    NOT_A_CLAIM = "NOT_A_CLAIM"
    NOT_CHECKED = "NOT_CHECKED"


class Relation(StrEnum):
    """How a cited passage bears on a claim."""

    SUPPORTS = "SUPPORTS"
    CONTRADICTS = "CONTRADICTS"


@dataclass(frozen=True, slots=True)
class Citation:
    """The span of passage number `passage` that supports or contradicts a claim, with the probability that it does."""

    passage: int
    span: Span
    quote: str
    relation: Relation
    score: float


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """The verdict on one claim of the answer.

    `confidence` is the calibrated probability in [0, 1] that the evidence supports this claim, whatever its label.
    `reason` is one plain sentence; `code` is None for SUPPORTED and NOT_A_CLAIM. `resolved` is the claim as it was checked, where
    pronouns or what was left out were put in words; empty where it was checked as it stands.
    """

    span: Span
    text: str
    label: Label
    confidence: float
    reason: str
    code: ReasonCode | None = None
    citations: tuple[Citation, ...] = ()
    fact_checks: tuple[FactCheck, ...] = ()
    resolved: str = ""
