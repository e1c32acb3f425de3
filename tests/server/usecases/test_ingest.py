from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Event

import pytest

from chunkers import ChunkLimits, DocumentType, Parsed, Unreadable, UnreadableDocument
from server.deadline import NEVER, Deadline
from server.domain import Attributes, Degradation, DocumentKey, Source, UpsertOutcome, UpsertStatus, Validity
from server.errors import DeadlineExceeded, InvalidInput, ModelFailure
from server.stores.moments import from_micros
from server.stores.store import Store
from server.usecases.ingest import EmbedMissing, IngestDocuments, PreviewChunks
from tests.fakes import ACME, OPEN, WordEmbedder, unlimited

STAND_IN = Degradation("embedder", "STAND_IN", "the model is missing")


def _source(name: str, text: str = "Otters swim. Hares run.", **given: object) -> Source:
    return Source(DocumentKey("acme", "docs", name), text.encode(), declared_type="text", **given)  # type: ignore[arg-type]


def _ingest(store: Store, embedder: WordEmbedder, *sources: Source) -> list[UpsertOutcome]:
    return list(IngestDocuments(store.documents, embedder, OPEN, unlimited)(ACME, sources))


def test_documents_come_in_and_are_found(store: Store, embedder: WordEmbedder) -> None:
    """The outcome's revision is one from which every view shows the document."""
    (outcome,) = _ingest(store, embedder, _source("1"))
    assert (outcome.status, outcome.version, outcome.type) == (UpsertStatus.CREATED, 1, "text")
    view = store.passages.view("acme", outcome.revision, NEVER)
    assert len(view.lexical("otter", None, 10).chunk_ids) == 1
    assert view.dense(embedder.embed(["otters swim"])[0], None, 1).scores[0] > 0.5


def test_every_chunk_is_a_slice_of_the_text_at_its_offsets(store: Store, embedder: WordEmbedder) -> None:
    """In characters, and in the bytes of UTF-8."""
    text = "Äpfel sind süß. 🍎\n\n" * 40
    list(
        IngestDocuments(store.documents, embedder, OPEN, unlimited, ChunkLimits(max_tokens=16))(
            ACME, [_source("1", text)]
        )
    )
    stored = store.documents.get(DocumentKey("acme", "docs", "1"))
    assert len(stored.chunks) > 10
    for chunk in stored.chunks:
        assert chunk.span.of(stored.text) == chunk.text
        assert stored.text.encode()[chunk.start_byte :].startswith(chunk.text.encode())


def test_one_bad_document_does_not_stop_the_others(store: Store, embedder: WordEmbedder) -> None:
    """Outcomes keep the order of the sources, and a rejection says why."""
    backwards = Attributes(validity=Validity(from_micros(10), from_micros(5)))
    outcomes = _ingest(
        store,
        embedder,
        _source("1"),
        _source("empty", " "),
        Source(DocumentKey("acme", "docs", "x"), b"text", declared_type="papyrus"),
        _source("backwards", attributes=backwards),
        _source(" "),
        _source("2"),
    )
    assert [outcome.key.document_id for outcome in outcomes] == ["1", "empty", "x", "backwards", " ", "2"]
    assert [outcome.reason for outcome in outcomes] == [
        "",
        "EMPTY",
        "UNSUPPORTED_TYPE",
        "INVALID_FIELD",
        "INVALID_FIELD",
        "",
    ]
    assert "papyrus" in outcomes[2].message


def test_the_same_again_is_a_no_op(store: Store, embedder: WordEmbedder) -> None:
    """Nothing is parsed or embedded, and the revision stays."""
    (first,) = _ingest(store, embedder, _source("1"))
    embedder.calls.clear()
    (second,) = _ingest(store, embedder, _source("1"))
    assert (second.status, second.version, second.revision) == (UpsertStatus.UNCHANGED, 1, first.revision)
    assert (second.chunks, second.type, embedder.calls) == (first.chunks, "text", [])


@pytest.mark.parametrize(
    "changed",
    [_source("1", "Other text."), _source("1", attributes=Attributes(title="T")), _source("1", filename="a.txt")],
)
def test_a_change_of_anything_is_a_new_version(store: Store, embedder: WordEmbedder, changed: Source) -> None:
    """Content, attributes, or the name that the type may depend on."""
    _ingest(store, embedder, _source("1"))
    (outcome,) = _ingest(store, embedder, changed)
    assert (outcome.status, outcome.version) == (UpsertStatus.UPDATED, 2)


def test_a_document_that_changes_back_within_one_call_ends_as_it_was_sent_last(
    store: Store, embedder: WordEmbedder
) -> None:
    """Comparison with what is stored takes account of what is on its way."""
    _ingest(store, embedder, _source("1", "first"))
    fillers = [_source(f"filler {number}", "filler") for number in range(40)]
    _ingest(store, embedder, _source("1", "second"), *fillers, _source("1", "first"))
    stored = store.documents.get(DocumentKey("acme", "docs", "1"))
    assert (stored.text, stored.version.version) == ("first", 3)


def test_outcomes_stand_when_the_deadline_passes_later(store: Store, embedder: WordEmbedder) -> None:
    """What was acknowledged is stored; sending everything again skips it."""
    deadline = Deadline.after(60)

    def sources() -> Iterator[Source]:
        for number in range(100):
            yield _source(str(number))
        object.__setattr__(deadline, "at", time.monotonic() - 1)
        yield _source("late")

    outcomes: list[UpsertOutcome] = []
    with pytest.raises(DeadlineExceeded):
        outcomes.extend(IngestDocuments(store.documents, embedder, OPEN, unlimited)(ACME, sources(), deadline))
    assert outcomes
    again = _ingest(store, embedder, *[_source(outcome.key.document_id) for outcome in outcomes])
    assert {outcome.status for outcome in again} == {UpsertStatus.UNCHANGED}


def test_a_failing_embedder_acknowledges_nothing(store: Store, embedder: WordEmbedder) -> None:
    """A document without its vectors would be found by half the queries only."""
    embedder.error = ModelFailure("out of memory")
    with pytest.raises(ModelFailure):
        _ingest(store, embedder, _source("1"))
    assert store.documents.page("acme", "", None, 10) == ()


def test_what_a_stand_in_takes_in_is_embedded_later(store: Store, embedder: WordEmbedder) -> None:
    """A stand-in's vectors are never mixed with the model's; the outcome says that they are missing."""
    away = WordEmbedder(version="stand-in", degradation=STAND_IN)
    (outcome,) = _ingest(store, away, _source("1"))
    assert outcome.status is UpsertStatus.CREATED
    assert "without embeddings" in outcome.warnings[0]
    assert store.passages.view("acme", 0, NEVER).unembedded(None) == 1
    assert EmbedMissing(store.documents, embedder)() == 1
    assert store.passages.view("acme", 0, NEVER).unembedded(None) == 0


def test_nothing_is_embedded_while_the_model_is_away(store: Store) -> None:
    """The stand-in has nothing to add."""
    away = WordEmbedder(degradation=STAND_IN)
    _ingest(store, away, _source("1"))
    assert EmbedMissing(store.documents, away)() == 0


def test_embedding_ends_when_it_is_told_to(store: Store, embedder: WordEmbedder) -> None:
    """The server does not wait for it when it stops; the next start goes on."""
    _ingest(store, WordEmbedder(degradation=STAND_IN), _source("1"))
    stop = Event()
    stop.set()
    assert EmbedMissing(store.documents, embedder)(stop) == 0
    assert EmbedMissing(store.documents, embedder)(Event()) == 1


def test_long_documents_are_embedded_some_chunks_at_a_time(store: Store, embedder: WordEmbedder) -> None:
    """Every chunk gets its own vector, whichever call made it."""
    text = "\n\n".join(f"Paragraph {number} is about thing{number}." for number in range(400))
    list(
        IngestDocuments(store.documents, embedder, OPEN, unlimited, ChunkLimits(max_tokens=16))(
            ACME, [_source("1", text)]
        )
    )
    assert len(embedder.calls) > 1
    chunk = store.documents.get(DocumentKey("acme", "docs", "1")).chunks[-1]
    view = store.passages.view("acme", 0, NEVER)
    ranking = view.dense(embedder.embed([chunk.indexed_text])[0], None, 1)
    assert ranking.scores[0] == pytest.approx(1.0, abs=0.001)
    assert store.passages.read("acme", ranking.chunk_ids.tolist())[int(ranking.chunk_ids[0])].chunk == chunk


def test_the_owners_title_is_indexed_with_every_chunk(store: Store, embedder: WordEmbedder) -> None:
    """A word of the title finds the passage."""
    _ingest(store, embedder, _source("1", attributes=Attributes(title="Mustelidae")))
    view = store.passages.view("acme", 0, NEVER)
    assert len(view.lexical("mustelidae", None, 10).chunk_ids) == 1


@pytest.mark.parametrize(
    ("text", "title"), [("Otters swim.", "Mustelidae"), ("---\ntitle: Otters\n---\nThey swim.", "Otters")]
)
def test_a_document_without_a_title_goes_by_the_name_of_its_file(embedder: WordEmbedder, text: str, title: str) -> None:
    """Its folder and ending do not belong to the name; a title in the content comes first."""
    source = Source(DocumentKey("acme", "docs", "1"), text.encode(), filename="animals/Mustelidae.md")
    preview = PreviewChunks(embedder)(source)
    assert preview.title == title
    assert preview.chunks[-1].context_prefix == title


def test_a_document_that_is_too_slow_to_read_is_rejected(embedder: WordEmbedder) -> None:
    """Whatever reads documents says why."""

    def read(data: bytes, declared: DocumentType | None, filename: str | None) -> Parsed:
        raise UnreadableDocument(Unreadable.TOO_SLOW, "split it")

    with pytest.raises(InvalidInput, match="split it") as caught:
        PreviewChunks(embedder, read=read)(_source("1"))
    assert caught.value.reason == "TOO_SLOW"


def test_a_preview_shows_the_chunks_and_stores_nothing(store: Store, embedder: WordEmbedder) -> None:
    """The chunks are those that ingestion would store."""
    preview = PreviewChunks(embedder)(_source("1"))
    assert store.documents.page("acme", "", None, 10) == ()
    _ingest(store, embedder, _source("1"))
    assert store.documents.get(DocumentKey("acme", "docs", "1")).chunks == preview.chunks


def test_a_preview_of_a_bad_document_is_invalid_input(embedder: WordEmbedder) -> None:
    """With the reason that ingestion would give."""
    with pytest.raises(InvalidInput) as caught:
        PreviewChunks(embedder)(_source("1", ""))
    assert caught.value.reason == "EMPTY"
