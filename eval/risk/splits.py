"""Whether the guarantee holds: derive on one part of a labelled set, and look at the other part, many times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval.risk.control import Scored, Tally, Target, derive


@dataclass(frozen=True, slots=True)
class SplitFigures:
    """Over `splits` random halvings of a set.

    `kept`: the share in which the realised risk of the other half is at most the target; a split whose labels are too few passes
    nothing and keeps it. `derived`: the share that gave a threshold. `risk` and `review_load`: means over those.
    """

    splits: int
    kept: float
    derived: float
    risk: float | None
    review_load: float | None


def measure_splits(rows: Sequence[Scored], target: Target, splits: int, seed: int) -> SplitFigures:
    """The figures over `splits` halvings drawn by `seed`."""
    random = np.random.default_rng(seed)
    risks: list[float] = []
    loads: list[float] = []
    for _ in range(splits):
        order = random.permutation(len(rows))
        half = len(rows) // 2
        found = derive(Tally([rows[at] for at in order[:half]]), target)
        if found is not None:
            passed, errors = Tally([rows[at] for at in order[half:]]).at(found.threshold)
            risks.append(errors / passed if passed else 0.0)
            loads.append(1 - passed / (len(rows) - half))
    return SplitFigures(
        splits,
        kept=1 - sum(risk > target.risk for risk in risks) / splits,
        derived=len(risks) / splits,
        risk=sum(risks) / len(risks) if risks else None,
        review_load=sum(loads) / len(loads) if loads else None,
    )
