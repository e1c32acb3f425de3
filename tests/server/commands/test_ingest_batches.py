import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest

from groundwire.v1 import corpus_pb2, corpus_pb2_grpc
from groundwire.v1.corpus_pb2 import UpsertDocumentsRequest, UpsertDocumentsResponse, UpsertResult
from server.errors import GroundwireError, Overloaded, Unavailable
from server.rpc.statuses import DETAILS_KEY, code_of, status_of
from tests.server.commands.runs import Run


class FlakyCorpus(corpus_pb2_grpc.CorpusServicer):
    """Ends its calls with the given errors, None meaning that it stores what was sent; then stores everything."""

    def __init__(self) -> None:
        self.errors: list[GroundwireError | None] = []
        self.sizes: list[int] = []

    def UpsertDocuments(
        self, request_iterator: Iterator[UpsertDocumentsRequest], context: grpc.ServicerContext
    ) -> UpsertDocumentsResponse:
        """Store, or fail."""
        documents = [request.document for request in request_iterator]
        self.sizes.append(len(documents))
        if self.errors and (error := self.errors.pop(0)) is not None:
            context.set_trailing_metadata(((DETAILS_KEY, status_of(error).SerializeToString()),))
            context.abort(code_of(type(error)), error.message)
        created = corpus_pb2.UPSERT_STATUS_CREATED
        results = [UpsertResult(document_id=document.document_id, status=created) for document in documents]
        return UpsertDocumentsResponse(results=results, revision=len(self.sizes))


@pytest.fixture
def corpus(monkeypatch: pytest.MonkeyPatch) -> Iterator[FlakyCorpus]:
    """The corpus of the server that commands talk to."""
    corpus = FlakyCorpus()
    server = grpc.server(ThreadPoolExecutor(1))
    corpus_pb2_grpc.add_CorpusServicer_to_server(corpus, server)
    monkeypatch.setenv("GROUNDWIRE_SERVER", f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}")
    server.start()
    yield corpus
    server.stop(None).wait()


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder of forty files: two batches."""
    for number in range(40):
        (tmp_path / f"{number:02}.txt").write_text("text")
    return tmp_path


def test_files_are_sent_in_batches_of_bounded_size(run: Run, corpus: FlakyCorpus, notes: Path) -> None:
    """However large a folder is, only a batch of it is in memory."""
    assert "40 files: 40 new" in run("ingest", notes).out
    assert corpus.sizes == [32, 8]


def test_a_log_says_how_far_it_is(run: Run, corpus: FlakyCorpus, notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no terminal shows a bar, on standard error, so that standard output stays what was asked for."""
    assert corpus.errors == []
    assert run("ingest", notes).err == ""
    monkeypatch.setattr("server.commands.ingest._NOTED_AFTER", 0.0)
    outcome = run("ingest", notes)
    assert outcome.err.splitlines() == ["32 of 40 files", "40 of 40 files"]
    assert re.fullmatch(r"40 files: 40 new, .*; [0-9.]+ s\n", outcome.out)


def test_a_batch_that_the_server_asks_to_repeat_is_repeated(run: Run, corpus: FlakyCorpus, notes: Path) -> None:
    """Storing the same again is safe, so a busy server costs time and no file."""
    corpus.errors = [Overloaded("busy", retry_after=0.01), Unavailable("busy", reason="BUSY", retry_after=0.01)]
    assert run("ingest", notes).code == 0
    assert corpus.sizes == [32, 32, 32, 8]


def test_what_was_stored_before_a_failure_is_reported(run: Run, corpus: FlakyCorpus, notes: Path) -> None:
    """The person knows how far it went; the same command goes on from there."""
    corpus.errors = [None, *[Overloaded("busy", retry_after=0.01) for _ in range(5)]]
    ran = run("ingest", notes)
    assert ran.code == 1
    assert "32 files: 32 new" in ran.out
    assert "RESOURCE_EXHAUSTED OVERLOADED: busy" in ran.err
