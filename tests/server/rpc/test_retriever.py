"""Retriever.Retrieve at the edge."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from groundwire.v1 import evidence_pb2, retriever_pb2, retriever_pb2_grpc
from server.domain import (
    LOCAL_CALLER,
    CardField,
    EntityCard,
    FieldState,
    FieldType,
    Filter,
    LeftOut,
    LeftOutReason,
    Passage,
    Query,
    Retrieval,
    RetrievalMode,
    Span,
)

Serve = Callable[..., Any]


async def test_a_query_arrives_with_all_its_conditions(serve: Serve) -> None:
    """Every field of the request has its place in the domain's query."""
    seen: list[Query] = []

    def retrieve(query: Query, _: object) -> Retrieval:
        seen.append(query)
        return Retrieval((), 0, 7)

    spec = evidence_pb2.RetrieveSpec(
        query="q",
        collections=["c", "c"],
        entity="customer/42",
        filter=evidence_pb2.Filter(labels=["l"], metadata={"k": "v"}),
        token_budget=100,
        as_of=Timestamp(seconds=86400),
        max_age=Duration(seconds=60),
        mode=evidence_pb2.RETRIEVAL_MODE_DENSE,
    )
    async with serve(retrieve=retrieve) as channel:
        reply = await retriever_pb2_grpc.RetrieverStub(channel).Retrieve(retriever_pb2.RetrieveRequest(spec=spec))

    assert reply.revision == 7
    assert seen == [
        Query(
            caller=LOCAL_CALLER,
            text="q",
            filter=Filter(collections=("c",), labels=("l",), entity_keys=("customer/42",), metadata={"k": "v"}),
            mode=RetrievalMode.DENSE,
            top_k=8,
            token_budget=100,
            as_of=datetime(1970, 1, 2, tzinfo=UTC),
            max_age=timedelta(minutes=1),
        )
    ]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (retriever_pb2.RetrieveRequest(), "spec: required, got none"),
        (
            retriever_pb2.RetrieveRequest(spec=evidence_pb2.RetrieveSpec()),
            "spec.query: required, got an empty string",
        ),
        (
            retriever_pb2.RetrieveRequest(spec=evidence_pb2.RetrieveSpec(query="q", top_k=101)),
            "spec.top_k: from 1 to 100, got 101",
        ),
        (
            retriever_pb2.RetrieveRequest(spec=evidence_pb2.RetrieveSpec(query="q", mode=9)),
            "spec.mode: one of the values of RETRIEVAL_MODE, got 9",
        ),
        (
            retriever_pb2.RetrieveRequest(spec=evidence_pb2.RetrieveSpec(query="q", max_age=Duration(seconds=-1))),
            "spec.max_age: a duration of more than 0, got -1 s and 0 ns",
        ),
        (
            retriever_pb2.RetrieveRequest(spec=evidence_pb2.RetrieveSpec(query="q", as_of=Timestamp(seconds=1 << 62))),
            "spec.as_of: a time from 0001-01-01 to 9999-12-31, got 4611686018427387904 s and 0 ns",
        ),
        (
            retriever_pb2.RetrieveRequest(spec=evidence_pb2.RetrieveSpec(query="q", collections=["a\x00b"])),
            "spec.collections[0]: no control characters, got '\\x00' at character 1",
        ),
    ],
)
async def test_a_wrong_field_is_named_with_limit_and_value(
    serve: Serve, request_: retriever_pb2.RetrieveRequest, message: str
) -> None:
    """INVALID_ARGUMENT, before any work is done."""
    async with serve() as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await retriever_pb2_grpc.RetrieverStub(channel).Retrieve(request_)

    assert (caught.value.code(), caught.value.details()) == (grpc.StatusCode.INVALID_ARGUMENT, message)


async def test_a_card_is_sent_with_spans_in_bytes(serve: Serve) -> None:
    """In the document and in the passage that has the field."""
    field = CardField(
        entity="customer/42",
        name="name",
        value="Ánna",
        type=FieldType.TEXT,
        state=FieldState.CURRENT,
        observed_at=datetime(2026, 6, 1, tzinfo=UTC),
        age=timedelta(days=2),
        collection="crm",
        document_id="c42",
        version=3,
        content_hash="hash",
        source_uri="https://example.com/c42",
        span=Span(22, 36),
        start_byte=24,
        text='"name": "Ánna"',
        passage_id="p",
        passage_span=Span(12, 26),
    )
    passage = Passage("p", '"city": "Ö",' + field.text)
    left = LeftOut("old", LeftOutReason.STALE, 3, timedelta(days=9))
    retrieval = Retrieval((passage,), 0, 7, card=EntityCard("customer/42", (field,)), left_out=(left,))
    request = retriever_pb2.RetrieveRequest(spec=evidence_pb2.RetrieveSpec(entity="customer/42"))
    async with serve(retrieve=lambda *_: retrieval) as channel:
        reply = await retriever_pb2_grpc.RetrieverStub(channel).Retrieve(request)

    [sent] = reply.card.fields
    assert (sent.value, sent.type, sent.state) == (
        "Ánna",
        retriever_pb2.FIELD_TYPE_TEXT,
        retriever_pb2.FIELD_STATE_CURRENT,
    )
    assert (sent.document_span.start, sent.document_span.end) == (24, 39)
    text = reply.passages[0].text.encode()
    assert text[sent.passage_span.start : sent.passage_span.end].decode() == field.text
    assert (sent.age.seconds, reply.left_out[0].age.seconds) == (2 * 86_400, 9 * 86_400)
    assert reply.card.complete
