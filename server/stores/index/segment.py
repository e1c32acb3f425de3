"""A run of a tenant's chunks, indexed both ways; immutable, so that searches need no lock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from server.stores.index.dense import DenseSegment, merge_dense, with_inverted_file
from server.stores.index.lexical import LexicalSegment, build_segment, merge_segments


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A chunk on its way into an index: its terms, and its vector or None."""

    chunk_id: int
    terms: NDArray[np.uint64]
    vector: NDArray[np.float16] | None


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Chunks in the order of writing, under a name that no other segment has.

    `consolidated` says that an inverted file was made over them, or tried and found to be no help.
    """

    name: str
    chunk_ids: NDArray[np.int64]
    dense: DenseSegment
    lexical: LexicalSegment
    consolidated: bool = False

    def __len__(self) -> int:
        return len(self.chunk_ids)

    def with_vectors(self, chunk_ids: NDArray[np.int64], vectors: NDArray[np.float16]) -> Segment:
        """The segment with the vectors of some chunks replaced, those of other segments ignored."""
        order = np.argsort(chunk_ids)
        at = order[np.searchsorted(chunk_ids, self.chunk_ids, sorter=order).clip(max=len(chunk_ids) - 1)]
        found = chunk_ids[at] == self.chunk_ids
        if not found.any():
            return self
        replaced = self.dense.vectors.copy()
        replaced[found] = vectors[at[found]]
        return replace(self, name=uuid4().hex, dense=DenseSegment.of(replaced), consolidated=False)


def segment_of(entries: Sequence[Entry], dimension: int) -> Segment:
    """The segment of some chunks, in their order."""
    vectors = np.zeros((len(entries), dimension), dtype=np.float16)
    for row, entry in enumerate(entries):
        if entry.vector is not None:
            vectors[row] = entry.vector
    return Segment(
        name=uuid4().hex,
        chunk_ids=np.array([entry.chunk_id for entry in entries], dtype=np.int64),
        dense=DenseSegment.of(vectors),
        lexical=build_segment([entry.terms for entry in entries]),
    )


def merge(segments: Sequence[Segment], keep: NDArray[np.bool_] | None = None) -> Segment:
    """One segment in place of several adjacent ones; with `keep`, only of the chunks whose element in it is True."""
    chunk_ids = np.concatenate([segment.chunk_ids for segment in segments])
    return Segment(
        name=uuid4().hex,
        chunk_ids=chunk_ids if keep is None else chunk_ids[keep],
        dense=merge_dense([segment.dense for segment in segments], keep),
        lexical=merge_segments([segment.lexical for segment in segments], keep),
    )


def consolidate(segments: Sequence[Segment]) -> Segment:
    """One large segment in place of several, with an inverted file over its vectors; takes seconds."""
    merged = merge(segments)
    return replace(merged, dense=with_inverted_file(merged.dense), consolidated=True)
