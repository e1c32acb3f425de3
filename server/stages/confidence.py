"""The probability that every claim of an answer is supported."""

from __future__ import annotations

import math
from collections.abc import Sequence

from server.domain import ClaimVerdict, Label


def answer_confidence(claims: Sequence[ClaimVerdict], others: float = 1.0) -> float:
    """The probability of the least supported claim, times that of all others to the power of `others`, in [0, 1].

    The product (`others` = 1) is exact for independent claims, the minimum (`others` = 0) for claims that are always right or
    wrong together. Those of one answer lie between the two, so `others` in [0, 1] is fitted on answers with known labels. 0 when
    there is no claim, or one that was not checked.
    """
    probabilities = [claim.confidence for claim in claims if claim.label is not Label.NOT_A_CLAIM]
    if not probabilities or any(claim.label is Label.NOT_CHECKED for claim in claims):
        return 0.0
    return together(probabilities, others)


def together(probabilities: Sequence[float], others: float) -> float:
    """The probability that all of at least one claim are supported, from those of each."""
    least, *rest = sorted(probabilities)
    return least * math.prod(rest) ** others


def support_score(claims: Sequence[ClaimVerdict]) -> float:
    """The share of claims, in [0, 1], that are SUPPORTED; parts that state nothing do not count, and 0 when there is no claim."""
    checked = [claim for claim in claims if claim.label is not Label.NOT_A_CLAIM]
    return sum(claim.label is Label.SUPPORTED for claim in checked) / len(checked) if checked else 0.0
