"""Guard.Validate at the edge: what is refused, what comes back, and in which units."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from groundwire.v1 import evidence_pb2, guard_pb2, guard_pb2_grpc
from server.deadline import Deadline
from server.domain import (
    Citation,
    ClaimVerdict,
    Decision,
    FactCheck,
    FactKind,
    FactOutcome,
    FactSpan,
    Label,
    Passage,
    Relation,
    Span,
    ValidationRequest,
    Verdict,
)

Serve = Callable[..., Any]

ANSWER = "Café: 5 €."


def _verdict(request: ValidationRequest, _: Deadline) -> Verdict:
    """One supported claim, cited from a passage with characters of several bytes."""
    passage = Passage(passage_id="p", text="Ein Café, 5 €.", document_id="d", span=Span(10, 24), start_byte=12)
    citation = Citation(passage=0, span=Span(10, 13), quote="5 €", relation=Relation.SUPPORTS, score=0.9)
    fact = FactCheck(
        FactKind.MONEY, FactOutcome.MATCH, FactSpan(Span(6, 9), "5 €"), (FactSpan(Span(10, 13), "5 €", passage=0),)
    )
    claim = ClaimVerdict(
        Span(0, 10), request.answer, Label.SUPPORTED, 0.9, "It says so.", citations=(citation,), fact_checks=(fact,)
    )
    return Verdict(Decision.PASS, 0.9, 1.0, 1.0, (claim,), (passage,))


async def test_spans_count_bytes_of_answer_passage_and_document(serve: Serve) -> None:
    """Each span, applied to the UTF-8 of its text, gives the quote."""
    async with serve(validate=_verdict) as channel:
        reply = await guard_pb2_grpc.GuardStub(channel).Validate(guard_pb2.ValidateRequest(answer=ANSWER))

    claim, passage = reply.claims[0], reply.passages[0].text.encode()
    citation, fact = claim.citations[0], claim.fact_checks[0]
    assert claim.span.end == len(ANSWER.encode())
    assert passage[citation.passage_span.start : citation.passage_span.end].decode() == citation.quote == "5 €"
    assert citation.document_span.start == 12 + citation.passage_span.start
    assert ANSWER.encode()[fact.in_claim.span.start : fact.in_claim.span.end].decode() == "5 €"
    assert fact.in_evidence[0].passage_id == "p"


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (guard_pb2.ValidateRequest(), "answer: required, got an empty string"),
        (guard_pb2.ValidateRequest(answer=" \n"), "answer: required, got only white space"),
        (guard_pb2.ValidateRequest(answer="x" * (2**20 + 1)), "answer: at most 1048576 bytes, got 1048577"),
        (
            guard_pb2.ValidateRequest(answer="x", passages=[evidence_pb2.Passage()] * 257),
            "passages: at most 256 items, got 257",
        ),
        (
            guard_pb2.ValidateRequest(answer="x", passages=[evidence_pb2.Passage(text="a"), evidence_pb2.Passage()]),
            "passages[1].text: required, got an empty string",
        ),
        (
            guard_pb2.ValidateRequest(answer="x", passages=[evidence_pb2.Passage(passage_id="p1", text="a")] * 2),
            "passages[1].passage_id: unique, got 'p1', which is also passages[0]",
        ),
        (
            guard_pb2.ValidateRequest(answer="x", passages=[evidence_pb2.Passage(text="a", region="e" * 65)]),
            "passages[0].region: at most 64 bytes, got 65",
        ),
        (
            guard_pb2.ValidateRequest(
                answer="x", passages=[evidence_pb2.Passage(text="a")], retrieve=evidence_pb2.RetrieveSpec()
            ),
            "retrieve: only without passages, got 1 passages as well",
        ),
        (
            guard_pb2.ValidateRequest(answer="x", usage=guard_pb2.Usage(cost=float("nan"))),
            "usage.cost: a finite number of 0 or more, got nan",
        ),
    ],
)
async def test_a_wrong_field_is_named_with_limit_and_value(
    serve: Serve, request_: guard_pb2.ValidateRequest, message: str
) -> None:
    """INVALID_ARGUMENT, before any work is done."""
    async with serve(validate=_verdict) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await guard_pb2_grpc.GuardStub(channel).Validate(request_)

    assert (caught.value.code(), caught.value.details()) == (grpc.StatusCode.INVALID_ARGUMENT, message)


async def test_the_work_ends_before_the_callers_deadline(serve: Serve) -> None:
    """There is time left to send a verdict that says NOT_CHECKED."""
    seen: list[float] = []

    def validate(request: ValidationRequest, deadline: Deadline) -> Verdict:
        seen.append(deadline.remaining)
        return _verdict(request, deadline)

    async with serve(validate=validate) as channel:
        await guard_pb2_grpc.GuardStub(channel).Validate(guard_pb2.ValidateRequest(answer=ANSWER), timeout=2.0)

    assert seen[0] < 1.95


async def test_retrieval_without_a_query_asks_the_question(serve: Serve) -> None:
    """The question is what was asked of the corpus; without one, the answer stands in."""
    seen: list[str] = []

    def validate(request: ValidationRequest, deadline: Deadline) -> Verdict:
        assert request.query is not None
        seen.append(request.query.text)
        return _verdict(request, deadline)

    async with serve(validate=validate) as channel:
        stub = guard_pb2_grpc.GuardStub(channel)
        retrieve = evidence_pb2.RetrieveSpec()
        await stub.Validate(guard_pb2.ValidateRequest(answer=ANSWER, question="What?", retrieve=retrieve))
        await stub.Validate(guard_pb2.ValidateRequest(answer=ANSWER, retrieve=retrieve))

    assert seen == ["What?", ANSWER]


async def test_retrieval_is_about_the_time_that_the_answer_is_about(serve: Serve) -> None:
    """Unless it names another."""
    seen: list[datetime | None] = []

    def validate(request: ValidationRequest, deadline: Deadline) -> Verdict:
        assert request.query is not None
        seen.append(request.query.as_of)
        return _verdict(request, deadline)

    one, other = Timestamp(seconds=86_400), Timestamp(seconds=2 * 86_400)
    async with serve(validate=validate) as channel:
        stub = guard_pb2_grpc.GuardStub(channel)
        for spec in (evidence_pb2.RetrieveSpec(), evidence_pb2.RetrieveSpec(as_of=other)):
            await stub.Validate(guard_pb2.ValidateRequest(answer=ANSWER, as_of=one, retrieve=spec))

    assert seen == [datetime(1970, 1, 2, tzinfo=UTC), datetime(1970, 1, 3, tzinfo=UTC)]
