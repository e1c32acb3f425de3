"""Corpus.ApplyChanges at the edge."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import grpc
import pytest

from groundwire.v1 import corpus_pb2, corpus_pb2_grpc
from server.domain import Caller, Change, ChangeOutcome, ChangeStatus, DocumentKey, FeedProgress, Source

Serve = Callable[..., Any]

RECORD = corpus_pb2.DocumentInput(collection="crm", document_id="42", data=b'{"a": 1}', type="json")
NAME = corpus_pb2.DocumentName(collection="crm", document_id="43")


async def test_changes_arrive_in_order_and_each_is_answered(serve: Serve) -> None:
    """What to store and what to remove, of one feed."""
    seen: list[tuple[str, tuple[Change, ...]]] = []

    def apply(caller: Caller, source: str, changes: tuple[Change, ...], _: object) -> FeedProgress:
        seen.append((source, changes))
        stored = ChangeOutcome(7, changes[0].key, ChangeStatus.APPLIED, version=3, missing=2)
        refused = ChangeOutcome(8, changes[1].key, ChangeStatus.REJECTED, reason="NOT_PERMITTED", message="no")
        return FeedProgress((stored, refused), 7, 11)

    request = corpus_pb2.ApplyChangesRequest(
        source="shop",
        changes=[corpus_pb2.Change(sequence=7, upsert=RECORD), corpus_pb2.Change(sequence=8, delete=NAME)],
    )
    async with serve(corpus=SimpleNamespace(apply=apply)) as channel:
        reply = await corpus_pb2_grpc.CorpusStub(channel).ApplyChanges(request)

    [(source, (first, second))] = seen
    assert isinstance(first.what, Source)
    assert (source, first.sequence, first.what.content) == ("shop", 7, b'{"a": 1}')
    assert second == Change(8, DocumentKey("default", "crm", "43"))
    assert (reply.sequence, reply.revision) == (7, 11)
    assert [(each.status, each.version, each.missing, each.reason) for each in reply.results] == [
        (corpus_pb2.CHANGE_STATUS_APPLIED, 3, 2, ""),
        (corpus_pb2.CHANGE_STATUS_REJECTED, 0, 0, "NOT_PERMITTED"),
    ]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (corpus_pb2.ApplyChangesRequest(changes=[corpus_pb2.Change(sequence=1, delete=NAME)]), "source: required"),
        (corpus_pb2.ApplyChangesRequest(source="s"), "changes: at least one, got none"),
        (
            corpus_pb2.ApplyChangesRequest(source="s", changes=[corpus_pb2.Change(delete=NAME)]),
            "changes[0].sequence: from 1 to",
        ),
        (
            corpus_pb2.ApplyChangesRequest(source="s", changes=[corpus_pb2.Change(sequence=1)]),
            "changes[0].what: upsert or delete is required",
        ),
        (
            corpus_pb2.ApplyChangesRequest(source="s", changes=[corpus_pb2.Change(sequence=1, delete=NAME)] * 257),
            "changes: at most 256 items, got 257",
        ),
    ],
)
async def test_a_wrong_change_is_named(serve: Serve, request_: corpus_pb2.ApplyChangesRequest, message: str) -> None:
    """INVALID_ARGUMENT, with the field, before anything is applied."""
    async with serve(corpus=SimpleNamespace()) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await corpus_pb2_grpc.CorpusStub(channel).ApplyChanges(request_)

    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert (caught.value.details() or "").startswith(message)
