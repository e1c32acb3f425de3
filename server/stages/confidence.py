"""The probability that every claim of an answer is supported."""

from __future__ import annotations

import math
from collections.abc import Sequence

from server.domain import ClaimVerdict, Label


def answer_confidence(claims: Sequence[ClaimVerdict]) -> float:
    """The product of the claims' probabilities, in [0, 1]; 0 when there is no claim, or one that was not checked.

    The product is exact for independent claims. Claims of one answer tend to be right or wrong together, and then the product is
    too low: it errs to the side of asking a person, where the minimum (exact for claims that always agree) would err to the other.
    """
    probabilities = [claim.confidence for claim in claims if claim.label is not Label.NOT_A_CLAIM]
    if not probabilities or any(claim.label is Label.NOT_CHECKED for claim in claims):
        return 0.0
    return math.prod(probabilities)


def support_score(claims: Sequence[ClaimVerdict]) -> float:
    """The share of claims, in [0, 1], that are SUPPORTED; parts that state nothing do not count, and 0 when there is no claim."""
    checked = [claim for claim in claims if claim.label is not Label.NOT_A_CLAIM]
    return sum(claim.label is Label.SUPPORTED for claim in checked) / len(checked) if checked else 0.0
