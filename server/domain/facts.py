"""What the deterministic checks compare, and what they find."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from server.domain.spans import Span


class FactKind(StrEnum):
    """What a deterministic check compares."""

    NUMBER = "NUMBER"
    MONEY = "MONEY"
    PERCENTAGE = "PERCENTAGE"
    DATE = "DATE"
    QUANTITY = "QUANTITY"
    ENTITY = "ENTITY"
    NEGATION = "NEGATION"
    QUOTATION = "QUOTATION"
    IDENTIFIER = "IDENTIFIER"
    COMPARISON = "COMPARISON"
    MODALITY = "MODALITY"
    QUANTIFIER = "QUANTIFIER"
    DIRECTION = "DIRECTION"


class FactOutcome(StrEnum):
    """What a deterministic check found: the same, another, one computed from the evidence, or nothing."""

    MATCH = "MATCH"
    MISMATCH = "MISMATCH"
    DERIVED = "DERIVED"
    NOT_FOUND = "NOT_FOUND"


@dataclass(frozen=True, slots=True)
class FactSpan:
    """Where a fact stands: a span of the answer, or of passage number `passage` if that is not None."""

    span: Span
    text: str
    passage: int | None = None


@dataclass(frozen=True, slots=True)
class FactCheck:
    """One deterministic comparison; `formula` shows how a DERIVED figure follows from the evidence."""

    kind: FactKind
    outcome: FactOutcome
    in_claim: FactSpan
    in_evidence: tuple[FactSpan, ...] = ()
    formula: str = ""
