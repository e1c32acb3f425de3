"""Rankings of chunks made one, by reciprocal rank fusion: Cormack, Clarke and Buettcher (2009)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest

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
    scores = _by_reciprocal_rank(rankings, k) if len(rankings) > 1 else _scores_of(rankings[0])
    return _candidates(_best(scores, count), dense, lexical)


def fuse_neighbours(dense: Ranking | None, lexical: Ranking | None, k: int, count: int) -> list[Candidate]:
    """As `fuse`, with each chunk supported by the neighbours that were found; of one ranking the ranks count as well."""
    rankings = [ranking for ranking in (dense, lexical) if ranking is not None]
    shares = _by_reciprocal_rank(rankings, k)
    return _candidates(_best(supported(_best(shares, len(shares))), count), dense, lexical)


def _candidates(fused: Mapping[int, float], dense: Ranking | None, lexical: Ranking | None) -> list[Candidate]:
    cosines, weights = _scores_of(dense), _scores_of(lexical)
    return [Candidate(chunk, score, cosines.get(chunk), weights.get(chunk)) for chunk, score in fused.items()]


# For rankings of a hundred chunks, dictionaries are faster than arrays, the more so right after a search has taken the caches.
def _by_reciprocal_rank(rankings: Sequence[Ranking], k: int) -> dict[int, float]:
    """The score of every chunk, in the order in which the rankings have them."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, chunk in enumerate(ranking.chunk_ids.tolist(), start=1):
            scores[chunk] = scores.get(chunk, 0.0) + 1.0 / (k + rank)
    return scores


def _best(scores: Mapping[int, float], count: int) -> dict[int, float]:
    """The `count` highest scores, best first; of equals, the one that comes first."""
    return {chunk: scores[chunk] for chunk in nlargest(count, scores, key=scores.__getitem__)}


def _scores_of(ranking: Ranking | None) -> dict[int, float]:
    """The scores of a ranking by chunk, best first."""
    return {} if ranking is None else dict(zip(ranking.chunk_ids.tolist(), ranking.scores.tolist(), strict=True))
