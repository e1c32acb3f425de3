"""Rankings of chunks made one, by reciprocal rank fusion: Cormack, Clarke and Buettcher (2009)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from server.stages.joining import supported
from server.stores.index.ranking import Ranking


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk that at least one index found, with its place in the reply's order."""

    chunk_id: int
    score: float
    dense_score: float | None
    lexical_score: float | None


def fuse(dense: Ranking | None, lexical: Ranking | None, k: int, count: int) -> list[Candidate]:
    """The first `count` chunks of one ranking, or of both by the sum of 1 / (k + rank), ranks from 1."""
    rankings = [ranking for ranking in (dense, lexical) if ranking is not None]
    if len(rankings) > 1:
        return _candidates(*_by_reciprocal_rank(rankings, k, count), dense, lexical)
    only = rankings[0]
    return _candidates(only.chunk_ids[:count], only.scores[:count].tolist(), dense, lexical)


def fuse_neighbours(dense: Ranking | None, lexical: Ranking | None, k: int, count: int) -> list[Candidate]:
    """As `fuse`, with each chunk supported by the neighbours that were found; of one ranking the ranks count as well."""
    rankings = [ranking for ranking in (dense, lexical) if ranking is not None]
    return _candidates(*_by_neighbourhood(rankings, k, count), dense, lexical)


def _candidates(
    chunks: NDArray[np.int64], scores: list[float], dense: Ranking | None, lexical: Ranking | None
) -> list[Candidate]:
    cosines, weights = _scores_of(chunks, dense), _scores_of(chunks, lexical)
    return [
        Candidate(chunk, score, cosines.get(chunk), weights.get(chunk))
        for chunk, score in zip(chunks.tolist(), scores, strict=True)
    ]


def _by_reciprocal_rank(rankings: Sequence[Ranking], k: int, count: int) -> tuple[NDArray[np.int64], list[float]]:
    """The first `count` chunks with their scores; of equals, the one that comes first in the rankings."""
    chunks = np.concatenate([ranking.chunk_ids for ranking in rankings])
    shares = np.concatenate([1.0 / (k + np.arange(1, len(ranking.chunk_ids) + 1)) for ranking in rankings])
    distinct, first_seen, places = np.unique(chunks, return_index=True, return_inverse=True)
    scores = np.bincount(places, weights=shares, minlength=len(distinct))
    order = np.lexsort((first_seen, -scores))[:count]
    return distinct[order].astype(np.int64), scores[order].tolist()


def _by_neighbourhood(rankings: Sequence[Ranking], k: int, count: int) -> tuple[NDArray[np.int64], list[float]]:
    """As `_by_reciprocal_rank`, with each chunk supported by the neighbours that were found."""
    chunks, shares = _by_reciprocal_rank(rankings, k, sum(len(ranking.chunk_ids) for ranking in rankings))
    scores = supported(dict(zip(chunks.tolist(), shares, strict=True)))
    first = sorted(scores, key=scores.__getitem__, reverse=True)[:count]
    return np.array(first, dtype=np.int64), [scores[chunk] for chunk in first]


def _scores_of(chunks: NDArray[np.int64], ranking: Ranking | None) -> dict[int, float]:
    """The scores that `ranking` gives to those of `chunks` that it has."""
    if ranking is None:
        return {}
    among = np.isin(ranking.chunk_ids, chunks)
    return dict(zip(ranking.chunk_ids[among].tolist(), ranking.scores[among].tolist(), strict=True))
