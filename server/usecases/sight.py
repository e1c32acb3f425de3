"""What a query may see of the documents, and nothing else of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from server.access.predicate import Predicate
from server.domain import Passage
from server.stages.fusion import Candidate
from server.stores import chunk_ids as numbering
from server.stores.base import PassageRecord, Passages, View


@dataclass(frozen=True, slots=True)
class Sight:
    """What a query may see: a tenant's documents at one moment (None: now), through its predicate.

    Everything that a retrieval returns was read here.
    """

    passages: Passages
    predicate: Predicate
    view: View
    moment: datetime | None

    @property
    def tenant(self) -> str:
        """Whose documents they are."""
        return self.predicate.rights.caller.tenant

    def allowed(self, *, without: Sequence[PassageRecord] = ()) -> NDArray[np.intp] | None:
        """The rows that may be ranked, those of the documents `without` aside; None for every live row."""
        columns = self.view.columns
        allowed = self.predicate.allowed(columns)
        if not without:
            return allowed
        versions = [numbering.version_id(record.chunk_id) for record in without]
        rows = columns.live_rows() if allowed is None else allowed
        return rows[~np.isin(numbering.version_ids(columns.chunk_ids[rows]), versions)]

    def read(self, chunk_ids: Sequence[int]) -> dict[int, PassageRecord]:
        """The records of chunks, as they are now, as far as the query may see them."""
        records = self.passages.read(self.tenant, chunk_ids, self.moment)
        return {chunk_id: record for chunk_id, record in records.items() if self.predicate.holds(record)}

    def found(self, candidates: Sequence[Candidate], at_a_time: int) -> Iterator[tuple[int, Passage]]:
        """The passages of candidates that the query may see, with their ids; their records are read as they are asked for."""
        for start in range(0, len(candidates), at_a_time):
            some = candidates[start : start + at_a_time]
            records = self.read([candidate.chunk_id for candidate in some])
            yield from (
                (each.chunk_id, _passage(records[each.chunk_id], each)) for each in some if each.chunk_id in records
            )

    def texts(self, records: Sequence[PassageRecord]) -> list[tuple[PassageRecord, str]]:
        """The records that `read` gave, with their documents' texts; what is deleted by now is left out."""
        by_version = {numbering.version_id(record.chunk_id): record for record in records}
        texts = self.passages.texts(self.tenant, list(by_version))
        return [(record, texts[version]) for version, record in by_version.items() if version in texts]

    def of_any_age(self) -> Sight:
        """The same, without a limit of age."""
        return replace(self, predicate=replace(self.predicate, max_age=None))


def passage_id(record: PassageRecord) -> str:
    """How replies call the chunk of a record."""
    return f"{record.key.collection}/{record.key.document_id}@{record.version}#{record.chunk.ordinal}"


def _passage(record: PassageRecord, candidate: Candidate) -> Passage:
    key, chunk = record.key, record.chunk
    return Passage(
        passage_id=passage_id(record),
        text=chunk.text,
        document_id=key.document_id,
        collection=key.collection,
        version=record.version,
        content_hash=record.content_hash,
        span=chunk.span,
        start_byte=chunk.start_byte,
        score=candidate.score,
        dense_score=candidate.dense_score,
        lexical_score=candidate.lexical_score,
        kind=chunk.kind,
        heading_path=chunk.heading_path,
        context_prefix=chunk.context_prefix,
        page=chunk.page,
        first_line=chunk.first_line,
        last_line=chunk.last_line,
        tokens=chunk.tokens,
        type=record.type,
        attributes=record.attributes,
    )
