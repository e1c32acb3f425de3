"""Freshness: a record is stored or removed, and read at once, by search and as an entity's card."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import uuid4

from groundwire.client import Client
from groundwire.v1 import corpus_pb2, evidence_pb2, retriever_pb2

_ENTITIES = 25
_SECONDS = 60.0
_MODES = (
    evidence_pb2.RETRIEVAL_MODE_HYBRID,
    evidence_pb2.RETRIEVAL_MODE_DENSE,
    evidence_pb2.RETRIEVAL_MODE_LEXICAL,
)


@dataclass(frozen=True, slots=True)
class FreshnessFigures:
    """How many writes were read back, how many of the reads were stale or empty, and the median times in milliseconds.

    A read is stale when it shows another state of the record than the one just acknowledged.
    """

    pairs: int
    stale: int
    write_p50: float
    read_p50: float


@dataclass(frozen=True, slots=True)
class _Pair:
    """A write with the read after it: whether the read was stale, and the seconds that each took."""

    stale: bool
    write: float
    read: float


def measure(client: Client, pairs: int, callers: int, seed: int) -> FreshnessFigures:
    """Write and read `pairs` times over all, from some callers at once, each with entities of its own.

    Stores and removals go through documents and through feeds of changes. Each read asks for the revision that the write
    returned, in one of the modes of retrieval, and is held to the state that was written, in the passages and on the card.
    """
    name = uuid4().hex[:8]
    shares = [pairs // callers + (number < pairs % callers) for number in range(callers)]
    with ThreadPoolExecutor(callers) as threads:
        found = threads.map(
            lambda number: list(_pairs(client, f"fresh-{name}-{number}", shares[number], seed + number)), range(callers)
        )
        done = [pair for each in found for pair in each]
    return FreshnessFigures(
        pairs=len(done),
        stale=sum(pair.stale for pair in done),
        write_p50=_median([pair.write for pair in done]),
        read_p50=_median([pair.read for pair in done]),
    )


def _pairs(client: Client, collection: str, count: int, seed: int) -> Iterator[_Pair]:
    source = random.Random(seed)
    for number in range(1, count + 1):
        entity = f"customer/{source.randrange(_ENTITIES)}"
        state = None if source.random() < 0.3 else f"state{number} of {collection}"
        write = _through_feed if source.random() < 0.5 else _through_documents
        started = time.perf_counter()
        revision = write(client, collection, entity, state, number)
        written = time.perf_counter()
        shown = _shown(client, collection, entity, revision, source.choice(_MODES))
        read = time.perf_counter()
        yield _Pair(shown != (state, state), written - started, read - written)


def _record(collection: str, entity: str, state: str) -> corpus_pb2.DocumentInput:
    return corpus_pb2.DocumentInput(
        collection=collection,
        document_id=entity,
        data=json.dumps({"customer": entity, "state": state}, indent=2).encode(),
        type="json",
        entity_keys=[entity],
    )


def _through_documents(client: Client, collection: str, entity: str, state: str | None, _: int) -> int:
    if state is None:
        gone = corpus_pb2.DeleteDocumentsRequest(collection=collection, document_ids=[entity])
        return client.corpus.DeleteDocuments(gone, timeout=_SECONDS).revision
    request = corpus_pb2.UpsertDocumentsRequest(document=_record(collection, entity, state))
    return client.corpus.UpsertDocuments(iter([request]), timeout=_SECONDS).revision


def _through_feed(client: Client, collection: str, entity: str, state: str | None, number: int) -> int:
    change = corpus_pb2.Change(sequence=number)
    if state is None:
        change.delete.CopyFrom(corpus_pb2.DocumentName(collection=collection, document_id=entity))
    else:
        change.upsert.CopyFrom(_record(collection, entity, state))
    request = corpus_pb2.ApplyChangesRequest(source=collection, changes=[change])
    return client.corpus.ApplyChanges(request, timeout=_SECONDS).revision


def _shown(
    client: Client, collection: str, entity: str, revision: int, mode: evidence_pb2.RetrievalMode.ValueType
) -> tuple[str | None, str | None]:
    """The state that the passages show and the one that the card shows; None where there is none, "several" for several."""
    filter_ = evidence_pb2.Filter(document_ids=[entity])
    by_search = evidence_pb2.RetrieveSpec(
        query="state", collections=[collection], filter=filter_, mode=mode, min_revision=revision
    )
    by_entity = evidence_pb2.RetrieveSpec(entity=entity, collections=[collection], min_revision=revision)
    passages = _retrieved(client, by_search).passages
    fields = [field for field in _retrieved(client, by_entity).card.fields if field.name == "state"]
    return (
        _only([json.loads(passage.text)["state"] for passage in passages]),
        _only([field.value for field in fields]),
    )


def _retrieved(client: Client, spec: evidence_pb2.RetrieveSpec) -> retriever_pb2.RetrieveResponse:
    return client.retriever.Retrieve(retriever_pb2.RetrieveRequest(spec=spec), timeout=_SECONDS)


def _only(states: list[str]) -> str | None:
    return states[0] if len(states) == 1 else "several" if states else None


def _median(seconds: list[float]) -> float:
    return 1_000 * sorted(seconds)[len(seconds) // 2]
