"""How well a ranking puts the relevant documents first."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence


def ndcg(ranked: Sequence[str], relevance: Mapping[str, float], k: int) -> float:
    """Normalised discounted cumulative gain of the first `k`, in [0, 1]; 0 when nothing is relevant.

    Gains are linear and discounts log2(rank + 1), as in trec_eval's ndcg_cut, which BEIR reports.
    """
    best = _gain(sorted(relevance.values(), reverse=True)[:k])
    return _gain(relevance.get(name, 0.0) for name in ranked[:k]) / best if best > 0 else 0.0


def recall(ranked: Sequence[str], relevance: Mapping[str, float], k: int) -> float:
    """Share of the relevant documents that are among the first `k`, in [0, 1]; 0 when nothing is relevant."""
    wanted = {name for name, grade in relevance.items() if grade > 0}
    return len(wanted.intersection(ranked[:k])) / len(wanted) if wanted else 0.0


def _gain(grades: Iterable[float]) -> float:
    return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, start=1))
