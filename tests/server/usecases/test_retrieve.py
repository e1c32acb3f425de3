from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.deadline import NEVER, Deadline
from server.domain import (
    Attributes,
    Degradation,
    DocumentKey,
    Filter,
    LeftOutReason,
    Query,
    Resource,
    Retrieval,
    RetrievalMode,
    Span,
)
from server.errors import DeadlineExceeded, InvalidInput, ModelFailure, StoreFailure, Unavailable
from server.stores.base import PassageRecord, Passages, View
from server.stores.store import Store
from server.usecases.retrieve import RetrievePassages
from tests.drafts import draft
from tests.fakes import ACME, OPEN, WordEmbedder, anyone

TEXTS = {
    "otter": "The otter swims in the river",
    "hare": "The hare runs over the field",
    "owl": "The owl sleeps by day",
}


@pytest.fixture
def filled(store: Store) -> Store:
    """A store of three documents of one chunk each."""
    for future in [
        store.documents.put(draft(name, text, attributes=Attributes(labels=(name,)))) for name, text in TEXTS.items()
    ]:
        future.result()
    return store


def _retrieve(store: Store, embedder: WordEmbedder, text: str = "a swimming otter", **given: Any) -> Retrieval:
    return RetrievePassages(store.passages, embedder, OPEN)(Query(ACME, text, **given))


@pytest.mark.parametrize("mode", list(RetrievalMode))
def test_the_best_passage_comes_first(filled: Store, embedder: WordEmbedder, mode: RetrievalMode) -> None:
    """In every mode, placed in its document and scored by the indexes that found it."""
    retrieval = _retrieve(filled, embedder, "otter swims", mode=mode)
    best = retrieval.passages[0]
    assert (best.document_id, best.text, best.span) == ("otter", TEXTS["otter"], Span(0, len(TEXTS["otter"])))
    assert best.passage_id == "docs/otter@1#0"
    assert (best.dense_score is None) == (mode is RetrievalMode.LEXICAL)
    assert (best.lexical_score is None) == (mode is RetrievalMode.DENSE)
    assert retrieval.tokens == sum(passage.tokens for passage in retrieval.passages)


def test_a_passage_that_both_indexes_rank_high_beats_one_that_one_does(filled: Store, embedder: WordEmbedder) -> None:
    """Reciprocal rank fusion: 1 / (60 + rank), summed."""
    best = _retrieve(filled, embedder, "otter").passages[0]
    assert best.score == pytest.approx(2 / 61)


def test_only_what_the_filter_allows_is_returned(filled: Store, embedder: WordEmbedder) -> None:
    """However well the others match."""
    retrieval = _retrieve(filled, embedder, "otter", filter=Filter(labels=("hare",)))
    assert [passage.document_id for passage in retrieval.passages] == ["hare"]


def test_top_k_bounds_the_passages(filled: Store, embedder: WordEmbedder) -> None:
    """The rest is not mentioned: it was not asked for."""
    retrieval = _retrieve(filled, embedder, top_k=2)
    assert (len(retrieval.passages), retrieval.left_out) == (2, ())


def test_the_token_budget_leaves_out_what_does_not_fit(store: Store, embedder: WordEmbedder) -> None:
    """A shorter passage of lower rank takes the place, and the reply names what was left out."""
    store.documents.put(draft("long", "otter otter otter otter river")).result()
    store.documents.put(draft("short", "one otter naps")).result()
    retrieval = _retrieve(store, embedder, "otter", token_budget=4)
    assert [passage.document_id for passage in retrieval.passages] == ["short"]
    assert [(left.passage_id, left.reason, left.tokens) for left in retrieval.left_out] == [
        ("docs/long@1#0", LeftOutReason.TOKEN_BUDGET, 5)
    ]


@pytest.mark.parametrize("mode", [RetrievalMode.HYBRID, RetrievalMode.DENSE])
def test_without_a_model_the_search_is_lexical_and_says_so(filled: Store, mode: RetrievalMode) -> None:
    """Whether the embedder is a stand-in or fails right now."""
    stand_in = Degradation("embedder", "STAND_IN", "the model is missing")
    for embedder in (WordEmbedder(degradation=stand_in), WordEmbedder(error=ModelFailure("out of memory"))):
        retrieval = _retrieve(filled, embedder, "otter", mode=mode)
        assert [passage.document_id for passage in retrieval.passages] == ["otter"]
        assert [entry.component for entry in retrieval.degraded] == ["embedder"]
        assert retrieval.passages[0].dense_score is None


def test_chunks_without_embeddings_are_declared(store: Store, embedder: WordEmbedder) -> None:
    """A dense search cannot have seen them."""
    store.documents.put(draft("1", "otter", embedded=False)).result()
    assert [entry.reason for entry in _retrieve(store, embedder, "otter").degraded] == ["EMBEDDINGS_INCOMPLETE"]
    assert _retrieve(store, embedder, "otter", mode=RetrievalMode.LEXICAL).degraded == ()


def test_a_revision_that_never_comes_is_unavailable(filled: Store, embedder: WordEmbedder) -> None:
    """The wait ends with the deadline."""
    with pytest.raises(Unavailable) as caught:
        RetrievePassages(filled.passages, embedder, OPEN)(Query(ACME, "otter", min_revision=9), Deadline.after(0.01))
    assert caught.value.reason == "REVISION_NOT_REACHED"


def test_an_empty_query_is_refused(filled: Store, embedder: WordEmbedder) -> None:
    """It would match everything equally badly."""
    with pytest.raises(InvalidInput, match="query: is empty"):
        _retrieve(filled, embedder, " \n")


def test_a_passed_deadline_stops_before_the_search(filled: Store, embedder: WordEmbedder) -> None:
    """Nobody waits for the reply any more."""
    with pytest.raises(DeadlineExceeded):
        RetrievePassages(filled.passages, embedder, OPEN)(Query(ACME, "otter"), Deadline(at=0.0))


@dataclass
class _Overtaken:
    """Passages whose records change between the search and the reading."""

    passages: Passages
    store: Store

    def view(self, tenant: str, min_revision: int, deadline: Deadline) -> View:
        return self.passages.view(tenant, min_revision, deadline)

    def view_at(
        self, tenant: str, moment: datetime, may: Callable[[Resource], bool], min_revision: int, deadline: Deadline
    ) -> View:
        return self.passages.view_at(tenant, moment, may, min_revision, deadline)

    def texts(self, tenant: str, version_ids: Sequence[int]) -> Mapping[int, str]:
        return self.passages.texts(tenant, version_ids)

    def read(
        self, tenant: str, chunk_ids: Sequence[int], moment: datetime | None = None
    ) -> Mapping[int, PassageRecord]:
        self.store.documents.delete([DocumentKey("acme", "docs", "otter")], anyone).result()
        self.store.documents.put(draft("hare", "The hare has moved")).result()
        return self.passages.read(tenant, chunk_ids, moment)

    def text(self, tenant: str, chunk_id: int, span: Span) -> str | None:
        return self.passages.text(tenant, chunk_id, span)


def test_what_changed_since_the_search_is_not_returned(filled: Store, embedder: WordEmbedder) -> None:
    """Every hit is checked against its record as it is now."""
    overtaken = _Overtaken(filled.passages, filled)
    retrieval = RetrievePassages(overtaken, embedder, OPEN)(Query(ACME, "otter hare owl"), NEVER)
    assert [passage.document_id for passage in retrieval.passages] == ["owl"]


@dataclass
class _Noted(_Overtaken):
    """Passages that stay as they are, and how many records were read at a time."""

    sizes: list[int] = field(default_factory=list)

    def read(
        self, tenant: str, chunk_ids: Sequence[int], moment: datetime | None = None
    ) -> Mapping[int, PassageRecord]:
        self.sizes.append(len(chunk_ids))
        return self.passages.read(tenant, chunk_ids, moment)


def test_no_record_is_read_that_nobody_asked_for(filled: Store, embedder: WordEmbedder) -> None:
    """When the passages asked for are all there, spare candidates are left alone."""
    noted = _Noted(filled.passages, filled)
    RetrievePassages(noted, embedder, OPEN)(Query(ACME, "otter hare owl", top_k=2), NEVER)
    assert noted.sizes == [2]


def test_the_stages_are_timed(filled: Store, embedder: WordEmbedder) -> None:
    """In the order in which they ran."""
    stages = [timing.stage for timing in _retrieve(filled, embedder).timings]
    assert stages == ["embed", "filter", "dense", "lexical", "fuse", "read"]


def test_what_is_found_is_recorded_before_it_is_given(filled: Store, embedder: WordEmbedder) -> None:
    """And not given when it cannot be recorded."""
    query = Query(ACME, "a swimming otter")

    def fail(query: Query, retrieval: Retrieval) -> None:
        raise StoreFailure(f"{query.text}: {len(retrieval.passages)} passages")

    with pytest.raises(StoreFailure, match="a swimming otter: 3 passages"):
        RetrievePassages(filled.passages, embedder, OPEN, record=fail)(query)


def test_a_query_about_the_past_finds_what_was_current_then(filled: Store, embedder: WordEmbedder) -> None:
    """And only that, in the reply as in the records."""
    before = datetime.now(UTC)
    filled.documents.put(draft("otter", "The otter sleeps on the bank")).result()
    then = _retrieve(filled, embedder, "otter", as_of=before, top_k=1)
    now = _retrieve(filled, embedder, "otter", top_k=1)
    assert [passage.text for passage in then.passages] == [TEXTS["otter"]]
    assert [passage.text for passage in now.passages] == ["The otter sleeps on the bank"]


def test_what_is_closed_now_is_closed_in_the_past(store: Store, embedder: WordEmbedder) -> None:
    """Neither the earlier version, which everybody could see, nor a count of its words is left to those shut out."""
    for name in ("hare", "otter"):
        store.documents.put(draft(name, TEXTS[name])).result()
    before = datetime.now(UTC)
    store.documents.put(draft("otter", "Closed", attributes=Attributes(readers=("board",)))).result()
    reply = _retrieve(store, embedder, "otter", as_of=before)
    board = RetrievePassages(store.passages, embedder, OPEN)(
        Query(replace(ACME, groups=("board",)), "otter", as_of=before)
    )
    assert [passage.document_id for passage in reply.passages] == ["hare"]
    assert {passage.document_id for passage in board.passages} == {"hare", "otter"}


def test_a_past_that_is_not_kept_is_declared(filled: Store, embedder: WordEmbedder) -> None:
    """A query about a time before the history begins may miss what was superseded, and says so."""
    retrieve = RetrievePassages(filled.passages, embedder, OPEN, history=timedelta(days=30))
    asked = Query(ACME, "otter")
    recent = retrieve(replace(asked, as_of=datetime.now(UTC) - timedelta(days=29)))
    old = retrieve(replace(asked, as_of=datetime.now(UTC) - timedelta(days=31)))
    assert [[part.reason for part in reply.degraded] for reply in (recent, old)] == [[], ["HISTORY_NOT_KEPT"]]


def test_what_is_too_old_is_listed_with_its_age(store: Store, embedder: WordEmbedder) -> None:
    """A passage that would have come first is refused, not silently missed; one that may be returned is."""
    as_of = datetime(2026, 6, 1, tzinfo=UTC)
    for name, days in (("old", 9), ("new", 1)):
        attributes = Attributes(observed_at=as_of - timedelta(days=days))
        store.documents.put(draft(name, f"The otter is {name}", attributes=attributes)).result()
    reply = _retrieve(store, embedder, "The otter is old", as_of=as_of, max_age=timedelta(days=2))
    assert [passage.document_id for passage in reply.passages] == ["new"]
    assert [(left.passage_id, left.reason, left.age) for left in reply.left_out] == [
        ("docs/old@1#0", LeftOutReason.STALE, timedelta(days=9))
    ]


def test_what_the_filter_hides_is_not_listed_as_too_old(store: Store, embedder: WordEmbedder) -> None:
    """A refused passage is one that the query may see."""
    attributes = Attributes(labels=("secret",), observed_at=datetime(2020, 1, 1, tzinfo=UTC))
    store.documents.put(draft("old", "The otter is old", attributes=attributes)).result()
    reply = _retrieve(store, embedder, "otter", filter=Filter(labels=("open",)), max_age=timedelta(days=2))
    assert reply.left_out == ()
