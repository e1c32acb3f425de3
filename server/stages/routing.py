"""What the application should do with an answer, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain import ClaimVerdict, Decision, Degradation, Label, Reason, ReasonCode, Relation
from server.stages.policy import Policy

_CLAIM_CODES = {
    Label.CONTRADICTED: (ReasonCode.CLAIM_CONTRADICTED, "contradicted by the evidence"),
    Label.CONFLICTING: (ReasonCode.CLAIM_CONFLICTING, "supported by one passage and contradicted by another"),
    Label.UNSUPPORTED: (ReasonCode.CLAIM_UNSUPPORTED, "not supported by the evidence"),
    Label.NOT_CHECKED: (ReasonCode.CLAIM_NOT_CHECKED, "not checked"),
}


@dataclass(frozen=True, slots=True)
class Routing:
    """A decision and its reasons; PASS has none."""

    decision: Decision
    reasons: tuple[Reason, ...]


def route(
    policy: Policy,
    claims: Sequence[ClaimVerdict],
    confidence: float,
    categories: tuple[str, ...],
    degraded: Sequence[Degradation],
    findings: Sequence[Reason] = (),
) -> Routing:
    """PASS only without any reason not to.

    `findings` are reasons about the answer as a whole that earlier stages found, such as NO_EVIDENCE.
    """
    reasons = list(findings)
    reasons += _claim_reasons(claims)
    reasons += _fact_reasons(claims)
    declines = any(finding.code is ReasonCode.ABSTENTION for finding in findings)
    if not declines and not any(claim.label is not Label.NOT_A_CLAIM for claim in claims):
        reasons.append(Reason(ReasonCode.NO_CLAIMS, "The answer states nothing that could be checked."))
    reasons += _high_stakes(policy, categories)
    threshold = policy.pass_confidence(categories)
    if confidence < threshold:
        message = (
            f"The probability that every claim is supported is {confidence:.2f}, below the policy's {threshold:.2f}."
        )
        reasons.append(Reason(ReasonCode.LOW_CONFIDENCE, message))
    reasons += [
        Reason(ReasonCode.DEGRADED, f"{each.component} answered with less than it should have: {each.message}")
        for each in degraded
    ]
    if not reasons:
        return Routing(Decision.PASS, ())
    blocked = any(blocks(policy, claim, categories) for claim in claims)
    return Routing(Decision.BLOCK if blocked else Decision.ROUTE_TO_HUMAN, tuple(reasons))


def _claim_reasons(claims: Sequence[ClaimVerdict]) -> list[Reason]:
    reasons = []
    for label, (code, words) in _CLAIM_CODES.items():
        indexes = tuple(index for index, claim in enumerate(claims) if claim.label is label)
        if indexes:
            message = (
                f"{len(indexes)} of {len(claims)} parts of the answer {'is' if len(indexes) == 1 else 'are'} {words}."
            )
            reasons.append(Reason(code, message, indexes))
    return reasons


def _fact_reasons(claims: Sequence[ClaimVerdict]) -> list[Reason]:
    indexes = tuple(index for index, claim in enumerate(claims) if claim.code is ReasonCode.FACT_MISMATCH)
    if not indexes:
        return []
    return [Reason(ReasonCode.FACT_MISMATCH, f"{claims[indexes[0]].reason}", indexes)]


def _high_stakes(policy: Policy, categories: tuple[str, ...]) -> list[Reason]:
    return [
        Reason(
            ReasonCode.HIGH_STAKES, f"The policy sends every answer of the category {name} to a person.", category=name
        )
        for name in categories
        if name in policy.categories and policy.categories[name].route
    ]


def blocks(policy: Policy, claim: ClaimVerdict, categories: tuple[str, ...]) -> bool:
    """Whether this claim alone withholds an answer of `categories`."""
    if claim.label is not Label.CONTRADICTED:
        return False
    if policy.block.high_stakes and _high_stakes(policy, categories):
        return True
    refutations = [citation.score for citation in claim.citations if citation.relation is Relation.CONTRADICTS]
    return max(refutations, default=0.0) >= policy.block.contradicted
