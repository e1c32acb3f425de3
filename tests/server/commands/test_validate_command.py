import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest

from groundwire.v1 import guard_pb2, guard_pb2_grpc
from groundwire.v1.guard_pb2 import ValidateRequest, ValidateResponse
from tests.server.commands.runs import Run


class DecidingGuard(guard_pb2_grpc.GuardServicer):
    """Answers every call with one decision and keeps the last request."""

    def __init__(self) -> None:
        self.decision = guard_pb2.DECISION_PASS
        self.request = ValidateRequest()

    def Validate(self, request: ValidateRequest, context: grpc.ServicerContext) -> ValidateResponse:
        """Decide."""
        self.request = request
        correction = guard_pb2.Correction(corrected_answer="Yes.") if request.include_corrected_answer else None
        return ValidateResponse(decision=self.decision, correction=correction)

    def ValidateStream(
        self, parts: Iterator[guard_pb2.ValidateStreamRequest], context: grpc.ServicerContext
    ) -> Iterator[guard_pb2.ValidateStreamResponse]:
        """Judge every piece as one supported claim, and decide at the end."""
        self.request = next(parts).start
        for number, part in enumerate(parts, start=1):
            claim = guard_pb2.Claim(text=part.data.decode(), label=guard_pb2.LABEL_SUPPORTED)
            yield guard_pb2.ValidateStreamResponse(claim=guard_pb2.ClaimJudged(number=number, claim=claim))
        verdict = ValidateResponse(decision=self.decision)
        yield guard_pb2.ValidateStreamResponse(final=guard_pb2.Finalised(verdict=verdict))


@pytest.fixture
def guard(monkeypatch: pytest.MonkeyPatch) -> Iterator[DecidingGuard]:
    """The guard of the server that commands talk to."""
    guard = DecidingGuard()
    server = grpc.server(ThreadPoolExecutor(1))
    guard_pb2_grpc.add_GuardServicer_to_server(guard, server)
    monkeypatch.setenv("GROUNDWIRE_SERVER", f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}")
    server.start()
    yield guard
    server.stop(None).wait()


@pytest.fixture
def answer(tmp_path: Path) -> Path:
    """A file with an answer."""
    file = tmp_path / "answer.txt"
    file.write_text("Yes — 28 days.", encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("decision", "code"),
    [(guard_pb2.DECISION_PASS, 0), (guard_pb2.DECISION_ROUTE_TO_HUMAN, 10), (guard_pb2.DECISION_BLOCK, 11)],
)
def test_the_exit_code_is_the_decision(run: Run, guard: DecidingGuard, answer: Path, decision, code: int) -> None:
    """A script needs no parser, also with JSON."""
    guard.decision = decision
    assert run("validate", "--answer", answer).code == code
    assert run("validate", "--answer", answer, "--json").code == code


def test_a_corrected_answer_is_asked_for_and_shown(run: Run, guard: DecidingGuard, answer: Path) -> None:
    """Below the verdict."""
    result = run("validate", "--answer", answer, "--corrected")
    assert guard.request.include_corrected_answer
    assert "Corrected answer" in result.out


def test_a_streamed_answer_is_shown_claim_by_claim(run: Run, guard: DecidingGuard, tmp_path: Path) -> None:
    """Line by line as it is read, and then the decision, which is the exit code."""
    guard.decision = guard_pb2.DECISION_ROUTE_TO_HUMAN
    file = tmp_path / "answer.txt"
    file.write_text("It lasts 11 hours.\nIt weighs 3 kg.\n")
    result = run("validate", "--answer", file, "--stream", "--question", "How long?")
    assert result.code == 10
    assert not guard.request.answer
    places = [result.out.index(words) for words in ("11 hours", "3 kg", "ROUTE_TO_HUMAN")]
    assert places == sorted(places)


def test_a_stream_that_retrieves_needs_a_question(run: Run, guard: DecidingGuard, answer: Path) -> None:
    """There is no answer yet to search by."""
    assert run("validate", "--answer", answer, "--stream").code == 2


def test_without_passages_the_server_retrieves(run: Run, guard: DecidingGuard, answer: Path) -> None:
    """The options say where, about whom and when."""
    options = ("-c", "a", "-c", "b", "--entity", "customer/42", "--as-of", "2026-11-02", "--question", "How long?")
    run("validate", "--answer", answer, *options)
    request = guard.request
    assert (request.answer, request.question) == ("Yes — 28 days.", "How long?")
    assert list(request.retrieve.collections) == ["a", "b"]
    assert request.retrieve.entity == "customer/42"
    assert request.as_of == request.retrieve.as_of
    assert request.as_of.ToJsonString() == "2026-11-02T00:00:00Z"


def test_passages_come_from_a_file(run: Run, guard: DecidingGuard, answer: Path, tmp_path: Path) -> None:
    """One a line, as protobuf JSON; nothing is retrieved then."""
    file = tmp_path / "passages.jsonl"
    file.write_text(json.dumps({"text": "28 days.", "document_id": "leave"}) + "\n")
    run("validate", "--answer", answer, "--passages", file)
    assert [(p.text, p.document_id) for p in guard.request.passages] == [("28 days.", "leave")]
    assert not guard.request.HasField("retrieve")


def test_the_answer_may_come_from_standard_input(
    run: Run, guard: DecidingGuard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As UTF-8, whatever the locale."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("Ja, größer.".encode()), encoding="ascii"))
    run("validate", "--answer", "-")
    assert guard.request.answer == "Ja, größer."


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            '{"txt": "28"}',
            'passages.jsonl:1: is no passage: Message type "groundwire.v1.Passage" has no field named "txt"',
        ),
        ("", "holds no passages"),
    ],
)
def test_a_line_that_is_no_passage_is_named(run: Run, answer: Path, tmp_path: Path, line: str, message: str) -> None:
    """Nothing is sent."""
    (tmp_path / "passages.jsonl").write_text(line)
    ran = run("validate", "--answer", answer, "--passages", tmp_path / "passages.jsonl", "--server", "127.0.0.1:1")
    assert ran.code == 1
    assert message in ran.err


def test_passages_and_collections_exclude_each_other(run: Run, answer: Path) -> None:
    """Wrong usage, told before anything is sent."""
    assert run("validate", "--answer", answer, "--passages", answer, "-c", "a").code == 2


@pytest.mark.parametrize(("content", "message"), [(None, "cannot be read"), (b"\xff", "is not UTF-8: byte 0xff at 0")])
def test_an_answer_that_cannot_be_read_is_named(run: Run, tmp_path: Path, content: bytes | None, message: str) -> None:
    """The file, and why."""
    file = tmp_path / "answer.txt"
    if content is not None:
        file.write_bytes(content)
    ran = run("validate", "--answer", file)
    assert ran.code == 1
    assert f"{file}: {message}" in ran.err
