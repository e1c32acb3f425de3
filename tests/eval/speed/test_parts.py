"""What the speed benchmark compares the service with."""

from __future__ import annotations

from pathlib import Path

from eval.speed.benchmark import Work, validate_requests
from eval.speed.corpora import COLLECTION, build_corpus
from eval.speed.load import Load
from eval.speed.parts import pairs_asked
from server.config import load_settings
from server.deadline import NEVER
from server.domain import DEFAULT_TENANT, LOCAL_CALLER, DocumentKey
from server.models.weights import open_weights
from server.rpc.convert import validation_request
from server.stores.store import StoreSettings, open_store


def test_the_pairs_are_those_that_the_model_is_asked_about() -> None:
    """Each premise is made of words of the passages, each hypothesis is a claim of the answer."""
    [request] = validate_requests(1)

    pairs = pairs_asked(load_settings(), [validation_request(request, LOCAL_CALLER)])

    assert len(pairs) == len(set(pairs)) > 1
    assert all(hypothesis.rstrip(".") in request.answer for _, hypothesis in pairs)


def test_a_made_up_corpus_has_as_many_chunks_as_asked(tmp_path: Path) -> None:
    """Chunks are slices of their documents, and have vectors."""
    settings = load_settings()
    build_corpus(tmp_path, 70, settings)
    weights = open_weights(settings.embedder, "embedder")

    with open_store(StoreSettings(tmp_path), embedder=weights.version, dimension=weights.number("dimension")) as store:
        view = store.passages.view(DEFAULT_TENANT, 0, NEVER)
        first = store.documents.get(DocumentKey(DEFAULT_TENANT, COLLECTION, "document-0"))
        counts = (len(view.columns.chunk_ids), view.unembedded(None))

    assert counts == (70, 0)
    assert all(chunk.span.of(first.text) == chunk.text for chunk in first.chunks)


def test_rates_count_what_ended_well() -> None:
    """A failed call is no work done."""
    load = Load(seconds=2.0, milliseconds=(10.0, 30.0), failed=5, processor_seconds=0.1)

    assert (load.rate, load.percentile(50)) == (1.0, 20.0)


def test_the_work_of_the_callers_counts_against_the_service() -> None:
    """They share its cores."""
    assert Work(server=9.0, callers=1.0, parts=5.0).ratio == 0.5
