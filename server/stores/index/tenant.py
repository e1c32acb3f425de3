"""The index of one tenant: segments that pile up as documents are written, and the view that searches read.

Each change publishes a new view; a view never changes, so readers take no lock.
Small segments are merged as they pile up, which moves each chunk a logarithmic number of times. When they outgrow what an
exact scan can do, consolidation into one segment with an inverted file is due, in the background.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from server.stores.index.analysis import terms_of
from server.stores.index.change import Change
from server.stores.index.columns import Columns, ColumnWriter, Facts
from server.stores.index.dense import search_dense, search_few_dense
from server.stores.index.lexical import search_few_segments, search_segments
from server.stores.index.ranking import FEW, Ranking, are_few, by_segment
from server.stores.index.segment import Segment, merge, segment_of

# A segment is merged with the one before as soon as that one is not this many times larger.
_TIER = 4
# Gone chunks are cleared away when they outnumber the live ones, but not for a handful.
_FEWEST_TO_CLEAR = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class TenantView:
    """What a search sees; see `server.stores.base.View`."""

    revision: int
    columns: Columns
    segments: tuple[Segment, ...]

    def dense(self, vector: NDArray[np.float32], allowed: NDArray[np.intp] | None, count: int) -> Ranking:
        """The `count` chunks with the highest cosine to a unit vector."""
        segments = [segment.dense for segment in self.segments]
        if allowed is not None and len(allowed) <= FEW:
            return self._ranking(*search_few_dense(segments, vector, allowed, count))
        return self._ranking(*search_dense(segments, vector, self._mask(allowed), count))

    def lexical(self, text: str, allowed: NDArray[np.intp] | None, count: int) -> Ranking:
        """The `count` chunks with the highest BM25 score, of those that share a term with `text`."""
        segments, terms = [segment.lexical for segment in self.segments], terms_of(text)
        if allowed is not None and are_few(len(allowed), len(self.columns.chunk_ids)):
            return self._ranking(*search_few_segments(segments, terms, allowed, count))
        return self._ranking(*search_segments(segments, terms, self._mask(allowed), count))

    def unembedded(self, allowed: NDArray[np.intp] | None) -> int:
        """How many allowed chunks `dense` cannot find, since they have no vector of the store's embedder yet."""
        segments = [segment.dense for segment in self.segments]
        if all(segment.missing is None for segment in segments):
            return 0
        rows = self.columns.live_rows() if allowed is None else allowed
        missing = [
            segment.missing[within] for segment, within in by_segment(rows, segments) if segment.missing is not None
        ]
        return sum(int(np.count_nonzero(each)) for each in missing)

    def _mask(self, allowed: NDArray[np.intp] | None) -> NDArray[np.bool_] | None:
        """The rows to search as a mask; None when that is all of them."""
        if allowed is None:
            mask = self.columns.rows(self.columns.live)
        else:
            mask = np.zeros(len(self.columns.chunk_ids), dtype=np.bool_)
            mask[allowed] = True
        return None if mask.all() else mask

    def _ranking(self, rows: NDArray[np.intp], scores: NDArray[np.float32]) -> Ranking:
        return Ranking(self.columns.chunk_ids[rows], scores)


def due(segments: tuple[Segment, ...], exact_limit: int) -> tuple[Segment, ...]:
    """The segments when too many of their chunks came since the last consolidation; none otherwise."""
    waiting = sum(len(segment) for segment in segments if not segment.consolidated)
    consolidated = sum(len(segment) for segment in segments) - waiting
    return segments if waiting > max(exact_limit, consolidated // 2) else ()


class TenantIndex:
    """Safe to use from many threads; changes take effect one after another."""

    def __init__(
        self,
        dimension: int,
        exact_limit: int,
        *,
        revision: int = 0,
        versions: Sequence[Facts] = (),
        segments: Sequence[Segment] = (),
    ) -> None:
        """The index of the current `versions`, whose chunks are in `segments`, as of `revision`."""
        self._dimension = dimension
        self._exact_limit = exact_limit
        self._columns = ColumnWriter()
        self._columns.add_versions(versions)
        self._segments: tuple[Segment, ...] = ()
        self._changing = Lock()
        self._append(segments)
        self._view = self._frozen(revision)

    @property
    def view(self) -> TenantView:
        """The newest view."""
        return self._view

    def apply(self, revision: int, change: Change) -> None:
        """Take in what a commit changed, and publish the view of its revision."""
        with self._changing:
            self._columns.add_versions(change.versions)
            self._columns.remove_versions(change.gone)
            if change.entries:
                self._append([segment_of(change.entries, self._dimension)])
                self._merge_tail()
            for chunk_ids, vectors in change.vectors:
                self._segments = tuple(segment.with_vectors(chunk_ids, vectors) for segment in self._segments)
            self._clear()
            self._view = self._frozen(revision)

    def due(self) -> tuple[Segment, ...]:
        """The segments to consolidate: all of them when too many chunks came since the last time, or none."""
        return due(self._segments, self._exact_limit)

    def install(self, replaced: Sequence[Segment], segment: Segment) -> bool:
        """Put a consolidated segment in the place of those it was made from; False when they are no longer there."""
        with self._changing:
            if self._segments[: len(replaced)] != tuple(replaced):
                return False
            self._segments = (segment, *self._segments[len(replaced) :])
            self._view = self._frozen(self._view.revision)
            return True

    def _append(self, segments: Sequence[Segment]) -> None:
        for segment in segments:
            self._columns.add_rows(segment.chunk_ids)
        self._segments = (*self._segments, *segments)

    def _merge_tail(self) -> None:
        """Merge the last segments while they are of similar size, but nothing so large that it needs an inverted file."""
        count, size = 1, len(self._segments[-1])
        while count < len(self._segments):
            before = len(self._segments[-count - 1])
            if before >= _TIER * size or before + size > self._exact_limit:
                break
            count, size = count + 1, size + before
        if count > 1:
            self._segments = (*self._segments[:-count], merge(self._segments[-count:]))

    def _clear(self) -> None:
        """Drop the chunks that are gone when they are the most."""
        columns = self._columns.freeze()
        live = columns.rows(columns.live)
        gone = len(live) - int(np.count_nonzero(live))
        if gone >= _FEWEST_TO_CLEAR and 2 * gone > len(live):
            self._segments = (merge(self._segments, keep=live),)
            self._columns.clear()

    def _frozen(self, revision: int) -> TenantView:
        return TenantView(revision, self._columns.freeze(), self._segments)
