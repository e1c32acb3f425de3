"""A query to the passages that may answer it: candidates from both indexes, fused, checked against records, packed.

A query about one entity gets the entity's card as well, whose passages come first. A query that refuses what is too old is
told what it refused.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from chunkers import DocumentType
from server.access.control import AccessControl, Rights
from server.access.predicate import Predicate
from server.access.rules import Action
from server.deadline import NEVER, Deadline
from server.domain import (
    Degradation,
    LeftOut,
    LeftOutReason,
    Passage,
    Query,
    Resource,
    Retrieval,
    RetrievalMode,
    Timing,
)
from server.errors import InvalidInput, ModelFailure
from server.models.base import Embedder
from server.stages.cards import Card, make_card
from server.stages.fusion import Candidate, fuse, fuse_neighbours
from server.stages.joining import joined, runs_of, span_of
from server.stages.packing import affordable, pack
from server.stores import chunk_ids as numbering
from server.stores.base import PassageRecord, Passages, View
from server.stores.index.ranking import Ranking
from server.usecases.sight import Sight, passage_id

MaskStep = Callable[[Query, Retrieval], Retrieval]
RecordStep = Callable[[Query, Retrieval], None]

_INCOMPLETE = "EMBEDDINGS_INCOMPLETE"


def unmasked(query: Query, retrieval: Retrieval) -> Retrieval:
    """What was found, as it is."""
    del query
    return retrieval


def unrecorded(query: Query, retrieval: Retrieval) -> None:
    """Leaves the record to whoever asked for the retrieval."""
    del query, retrieval


@dataclass(frozen=True, slots=True)
class RetrievalSettings:
    """How candidates are found and fused.

    candidates: how many chunks each index contributes.
    spare: how many more candidates than passages asked for are read.
    card_records: how many records are read for a card; it holds `server.stages.cards.MOST_RECORDS` of them.
    fusion_k: the constant of reciprocal rank fusion; 60 in Cormack, Clarke and Buettcher (2009).
    chunks_a_passage: how many chunks are taken for each passage asked for; neighbours among them are joined. 1: passages
        are chunks.
    joining_k: as `fusion_k`, where chunks are joined: neighbours make up for a single rank that says too much.
    """

    candidates: int = 100
    spare: int = 8
    card_records: int = 64
    fusion_k: int = 60
    chunks_a_passage: int = 1
    joining_k: int = 5

    @property
    def joins(self) -> bool:
        """Whether passages are joined from chunks."""
        return self.chunks_a_passage > 1


@dataclass(frozen=True, slots=True)
class RetrievePassages:
    """Finds the best passages for a query among those that it may see, as the caller may read them, and records them.

    `history` says for how long superseded versions are kept, None for as long as their documents. `searching` is held during a
    search: of more searches than cores, all would be slower, since each passes the interpreter's lock to all the others.
    """

    passages: Passages
    embedder: Embedder
    access: AccessControl
    settings: RetrievalSettings = RetrievalSettings()
    mask: MaskStep = unmasked
    record: RecordStep = unrecorded
    history: timedelta | None = None
    searching: AbstractContextManager[object] = field(default_factory=nullcontext)

    def __call__(self, query: Query, deadline: Deadline = NEVER) -> Retrieval:
        """The passages, best first, none overlapping another.

        Without a working embedder the answer is lexical, and `degraded` says so. Raises InvalidInput, DeadlineExceeded,
        StoreFailure, and Unavailable (REVISION_NOT_REACHED).
        """
        if not query.text.strip() and not query.entity:
            raise InvalidInput("query", "is empty; send the question, the words to look for, or an entity")
        watch = _Watch()
        degraded: list[Degradation] = []
        vector = None
        if query.text.strip() and query.mode is not RetrievalMode.LEXICAL:
            vector = self._embedded(query.text, deadline, degraded)
        watch.lap("embed")
        sight = self._sight(query, deadline, degraded)
        with self.searching:
            retrieval = self._retrieved(query, vector, sight, deadline, degraded, watch)
        masked = self.mask(query, retrieval)
        self.record(query, masked)
        return masked

    def _retrieved(
        self,
        query: Query,
        vector: NDArray[np.float32] | None,
        sight: Sight,
        deadline: Deadline,
        degraded: list[Degradation],
        watch: _Watch,
    ) -> Retrieval:
        """What the query finds in its sight, before masking."""
        card = None
        if query.entity:
            card = self._card(query, sight.of_any_age())
            watch.lap("card")
        on_card = () if card is None else card.records
        allowed = sight.allowed(without=on_card)
        watch.lap("filter")
        deadline.check("search")
        unembedded = sight.view.unembedded(allowed) if vector is not None else 0
        if unembedded:
            degraded.append(_incomplete(unembedded))
        candidates = self._search(query, vector, sight.view, allowed, watch)
        refused: tuple[LeftOut, ...] = ()
        if query.max_age is not None:
            refused = self._refused(query, vector, sight, on_card)
            watch.lap("refused")
        deadline.check("reading the passages")
        first = () if card is None else _above(card.passages, candidates)
        found = sight.found(candidates, query.top_k)
        too_long: list[LeftOut] = []
        if self.settings.joins:
            chunks, too_long = affordable(found, query.top_k * self.settings.chunks_a_passage, query.token_budget)
            found = self._joined(chunks, query)
        passages = (passage for _, passage in found)
        kept, left_out = pack(first, passages, query.top_k, query.token_budget, self.embedder)
        watch.lap("read")
        return Retrieval(
            passages=kept,
            tokens=sum(passage.tokens for passage in kept),
            revision=sight.view.revision,
            card=None if card is None else card.card,
            left_out=(*refused, *too_long, *left_out),
            degraded=tuple(degraded),
            timings=watch.laps,
            access_policy=sight.predicate.rights.policies.version,
            permitted_by=_permitting(kept, sight.predicate.rights),
        )

    def _sight(self, query: Query, deadline: Deadline, degraded: list[Degradation]) -> Sight:
        now = datetime.now(UTC)
        rights = self.access.rights(query.caller, Action.READ)
        predicate = Predicate.of(query, rights, now)
        tenant, moment = query.caller.tenant, predicate.as_of
        if moment >= now:
            return Sight(self.passages, predicate, self.passages.view(tenant, query.min_revision, deadline), None)
        if self.history is not None and now - moment > self.history:
            degraded.append(_forgotten(now - self.history))
        view = self.passages.view_at(tenant, moment, rights.allows, query.min_revision, deadline)
        return Sight(self.passages, predicate, view, moment)

    def _card(self, query: Query, sight: Sight) -> Card:
        """The card of the query's entity; it takes records of any age, and marks those that are too old."""
        columns = sight.view.columns
        allowed = sight.allowed()
        places = columns.live_rows() if allowed is None else allowed
        places = places[numbering.first_of_versions(columns.chunk_ids[places])]
        places = places[columns.having("type", [DocumentType.JSON], columns.entry_of[places])]
        entries = columns.entry_of[places]
        is_subject = columns.having("subject", [query.entity], entries)
        order = np.lexsort((-columns.observed_at[entries], ~is_subject))[: self.settings.card_records]
        records = sight.read(columns.chunk_ids[places[order]].tolist())
        card = make_card(
            query.entity,
            sight.texts(list(records.values())),
            sight.predicate.as_of,
            query.max_age,
            self.embedder.count_tokens,
        )
        return card if len(order) == len(places) else replace(card, card=replace(card.card, complete=False))

    def _search(
        self,
        query: Query,
        vector: NDArray[np.float32] | None,
        view: View,
        allowed: NDArray[np.intp] | None,
        watch: _Watch,
    ) -> list[Candidate]:
        """The best of the allowed chunks; some may overlap, exceed the budget or be gone by now, and spare ones make up for it."""
        count = query.top_k * self.settings.chunks_a_passage + self.settings.spare
        if not query.text.strip():
            newest = _newest(view, allowed, count, self.settings.fusion_k)
            watch.lap("newest")
            return newest
        dense = None if vector is None else view.dense(vector, allowed, self.settings.candidates)
        watch.lap("dense")
        lexical = None
        if query.mode is not RetrievalMode.DENSE or vector is None:
            lexical = view.lexical(query.text, allowed, self.settings.candidates)
        watch.lap("lexical")
        fused = self._fuse(dense, lexical, count)
        watch.lap("fuse")
        return fused

    def _fuse(self, dense: Ranking | None, lexical: Ranking | None, count: int) -> list[Candidate]:
        if self.settings.joins:
            return fuse_neighbours(dense, lexical, self.settings.joining_k, count)
        return fuse(dense, lexical, self.settings.fusion_k, count)

    def _joined(self, chunks: Iterable[tuple[int, Passage]], query: Query) -> Iterator[tuple[int, Passage]]:
        """The chunks as passages, each with the id of its best chunk."""
        for run in runs_of(chunks, query.top_k):
            best, passage = next(iter(run.items()))
            if len(run) == 1:
                yield best, passage
                continue
            text = self.passages.text(query.caller.tenant, best, span_of(run))
            if text is not None:
                yield best, joined(run, text, self.embedder)

    def _refused(
        self, query: Query, vector: NDArray[np.float32] | None, sight: Sight, on_card: Sequence[PassageRecord]
    ) -> tuple[LeftOut, ...]:
        """What would be among the `top_k` passages were it not too old, best first."""
        of_any_age = sight.of_any_age()
        allowed = of_any_age.allowed(without=on_card)
        candidates = self._search(query, vector, sight.view, allowed, _Watch())[: query.top_k]
        records = of_any_age.read([candidate.chunk_id for candidate in candidates])
        as_of = sight.predicate.as_of
        return tuple(
            LeftOut(passage_id(record), LeftOutReason.STALE, record.chunk.tokens, as_of - record.observed_at)
            for record in (records[each.chunk_id] for each in candidates if each.chunk_id in records)
            if not sight.predicate.holds(record)
        )

    def _embedded(self, text: str, deadline: Deadline, degraded: list[Degradation]) -> NDArray[np.float32] | None:
        """The query's vector; None, with the reason noted, when only a stand-in could make it."""
        try:
            vector = self.embedder.embed([text], deadline)[0] if self.embedder.degradation is None else None
        except ModelFailure as failure:
            degraded.append(Degradation("embedder", failure.reason, f"searched by words only: {failure.message}"))
            return None
        stand_in = self.embedder.degradation
        if stand_in is None:
            return vector
        degraded.append(stand_in)
        return None


class _Watch:
    """Measures the stages of one call."""

    def __init__(self) -> None:
        self._started = time.perf_counter_ns()
        self._laps: list[Timing] = []

    def lap(self, stage: str) -> None:
        """Note how long the stage that ends here took."""
        now = time.perf_counter_ns()
        self._laps.append(Timing(stage, (now - self._started) // 1_000))
        self._started = now

    @property
    def laps(self) -> tuple[Timing, ...]:
        """The stages in order."""
        return tuple(self._laps)


def _incomplete(count: int) -> Degradation:
    return Degradation("index", _INCOMPLETE, f"{count} chunks have no embedding yet and were searched by words only")


def _forgotten(since: datetime) -> Degradation:
    message = (
        f"versions superseded before {since.isoformat(timespec='seconds')} are not kept; what they said is missing"
    )
    return Degradation("history", "HISTORY_NOT_KEPT", message)


def _newest(view: View, allowed: NDArray[np.intp] | None, count: int, k: int) -> list[Candidate]:
    """The first `count` chunks by time of observation, scored by rank as one ranking would be."""
    columns = view.columns
    rows = columns.live_rows() if allowed is None else allowed
    order = np.lexsort((rows, -columns.observed_at[columns.entry_of[rows]]))[:count]
    chunk_ids = columns.chunk_ids[rows[order]].tolist()
    return [Candidate(chunk_id, 1.0 / (k + rank), None, None) for rank, chunk_id in enumerate(chunk_ids, start=1)]


def _permitting(passages: Sequence[Passage], rights: Rights) -> tuple[str, ...]:
    """The ids of the policies that let the passages through."""
    resources = {Resource.of(rights.caller.tenant, each.collection, each.attributes) for each in passages}
    return tuple(sorted({name for resource in resources for name in rights.decide(resource).policies}))


def _above(passages: Sequence[Passage], candidates: Sequence[Candidate]) -> tuple[Passage, ...]:
    """The passages of a card, scored so that they stay in order above every candidate."""
    top = max((candidate.score for candidate in candidates), default=0.0)
    count = len(passages)
    return tuple(replace(passage, score=top + count - place) for place, passage in enumerate(passages))
