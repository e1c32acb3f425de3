"""Ingests a test collection, asks every judged query in every mode, and scores the rankings of documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import groundwire
from eval.metrics.bootstrap import Interval, interval, paired_difference
from eval.metrics.ranking import ndcg, recall
from eval.retrieval.beir import CorpusDocument, JudgedQuery
from groundwire.v1 import corpus_pb2, evidence_pb2, retriever_pb2
from server.commands.failure import CommandFailed

PASSAGES = 100
"""Passages asked for, the most that the contract allows; documents rank by their best passage."""

_CALLERS = 4
_SECONDS = 120.0
_DOCUMENTS_A_CALL = 64
MODES = {
    "dense": evidence_pb2.RETRIEVAL_MODE_DENSE,
    "lexical": evidence_pb2.RETRIEVAL_MODE_LEXICAL,
    "hybrid": evidence_pb2.RETRIEVAL_MODE_HYBRID,
}


@dataclass(frozen=True, slots=True)
class ModeFigures:
    """What one mode reached over all queries, with 95 % intervals."""

    ndcg_at_10: Interval
    recall_at_100: Interval


@dataclass(frozen=True, slots=True)
class RetrievalFigures:
    """All modes on the same queries; `hybrid_gain` is its nDCG@10 less each other mode's, paired by query."""

    queries: int
    documents: int
    modes: Mapping[str, ModeFigures]
    hybrid_gain: Mapping[str, Interval]


def ingest(client: groundwire.Client, collection: str, documents: Iterable[CorpusDocument]) -> Iterator[int]:
    """Store the documents; yields how many are stored after each call. Raises `CommandFailed` when one is rejected."""
    stored = 0
    for batch in _batches(documents):
        requests = [
            corpus_pb2.UpsertDocumentsRequest(
                document=corpus_pb2.DocumentInput(
                    collection=collection,
                    document_id=document.document_id,
                    data=document.text.encode(),
                    title=document.title,
                    type="text",
                )
            )
            for document in batch
        ]
        reply = client.corpus.UpsertDocuments(iter(requests))
        for result in reply.results:
            if result.status == corpus_pb2.UPSERT_STATUS_REJECTED:
                raise CommandFailed(f"the server rejected document {result.document_id}: {result.message}")
        stored += len(batch)
        yield stored


def rank(
    client: groundwire.Client, collection: str, query: str, mode: evidence_pb2.RetrievalMode.ValueType
) -> list[str]:
    """The documents of the passages that the server returns, each once, best first."""
    spec = evidence_pb2.RetrieveSpec(query=query, collections=[collection], mode=mode, top_k=PASSAGES)
    reply = client.retriever.Retrieve(retriever_pb2.RetrieveRequest(spec=spec), timeout=_SECONDS)
    if reply.degraded:
        raise CommandFailed(f"the server answered with less than it should have: {reply.degraded[0].message}")
    return list(dict.fromkeys(passage.document_id for passage in reply.passages))


def measure(
    client: groundwire.Client, collection: str, queries: Sequence[JudgedQuery], documents: int
) -> RetrievalFigures:
    """Every query in every mode."""
    gains: dict[str, list[float]] = {}
    modes: dict[str, ModeFigures] = {}
    with ThreadPoolExecutor(_CALLERS) as callers:
        for name, mode in MODES.items():
            ranked = list(callers.map(lambda query, mode=mode: rank(client, collection, query.text, mode), queries))
            gains[name] = [ndcg(found, query.relevance, 10) for found, query in zip(ranked, queries, strict=True)]
            recalls = [recall(found, query.relevance, 100) for found, query in zip(ranked, queries, strict=True)]
            modes[name] = ModeFigures(interval(gains[name]), interval(recalls))
    differences = {name: paired_difference(gains["hybrid"], gains[name]) for name in MODES if name != "hybrid"}
    return RetrievalFigures(len(queries), documents, modes, differences)


def _batches(documents: Iterable[CorpusDocument]) -> Iterator[list[CorpusDocument]]:
    batch: list[CorpusDocument] = []
    for document in documents:
        batch.append(document)
        if len(batch) == _DOCUMENTS_A_CALL:
            yield batch
            batch = []
    if batch:
        yield batch
