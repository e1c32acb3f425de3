"""A search over one way of cutting: nearest chunks as published benchmarks search, or as the service does."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from chunkers import TokenCounter
from eval.chunking.choices import Piece
from eval.chunking.metrics import Retrieved
from eval.chunking.questions import Collection
from server.access.control import AccessControl
from server.access.policies import load_access_policies
from server.domain import DEFAULT_TENANT, LOCAL_CALLER, Attributes, DocumentKey, Query, RetrievalMode, Span, StoredChunk
from server.models.base import Embedder
from server.stores.base import Draft
from server.stores.store import StoreSettings, open_store
from server.usecases.retrieve import RetrievalSettings, RetrievePassages

NEAREST = "nearest"
"""The chunks of highest cosine, overlaps and all: dense retrieval as in published figures."""

MODES = (NEAREST, *(mode.value.lower() for mode in RetrievalMode))
_TEXTS_AT_A_TIME = 128

Cutting: TypeAlias = Mapping[str, Sequence[Piece]]
"""The pieces of each document."""


class Searcher:
    """Finds passages for questions; made by `searcher`."""

    def __init__(
        self,
        chunks: Sequence[Retrieved],
        vectors: NDArray[np.float32],
        embedder: Embedder,
        retrieve: RetrievePassages,
        count_tokens: TokenCounter,
    ) -> None:
        self.chunks = chunks
        self._vectors = vectors
        self._embedder = embedder
        self._retrieve = retrieve
        self._count_tokens = count_tokens

    def search(self, question: str, mode: str, count: int) -> list[Retrieved]:
        """At most `count` passages in one of `MODES`, best first."""
        if mode == NEAREST:
            scores = self._vectors @ self._embedder.embed([question])[0]
            return [self.chunks[row] for row in np.argsort(-scores, kind="stable")[:count]]
        query = Query(LOCAL_CALLER, question, mode=RetrievalMode(mode.upper()), top_k=count)
        passages = self._retrieve(query).passages
        return [
            Retrieved(
                passage.document_id,
                passage.span.start,
                passage.span.end,
                self._count_tokens(f"{passage.context_prefix}\n{passage.text}"),
            )
            for passage in passages
            if passage.span is not None
        ]


@contextmanager
def searcher(
    collection: Collection, cutting: Cutting, embedder: Embedder, count_tokens: TokenCounter, chunks_a_passage: int = 1
) -> Iterator[Searcher]:
    """A search over a collection cut in one way; `count_tokens` is the target language model's."""
    texts = [piece.indexed_text for pieces in cutting.values() for piece in pieces]
    vectors = np.concatenate(
        [embedder.embed(texts[start : start + _TEXTS_AT_A_TIME]) for start in range(0, len(texts), _TEXTS_AT_A_TIME)]
    )
    chunks = [
        Retrieved(name, piece.start, piece.end, count_tokens(piece.indexed_text))
        for name, pieces in cutting.items()
        for piece in pieces
    ]
    with (
        tempfile.TemporaryDirectory(prefix="groundwire-eval-") as folder,
        open_store(StoreSettings(Path(folder)), embedder=embedder.version, dimension=embedder.dimension) as store,
    ):
        first = 0
        for name, pieces in cutting.items():
            own = vectors[first : first + len(pieces)]
            first += len(pieces)
            store.documents.put(_draft(collection, name, pieces, own, embedder)).result()
        policies = load_access_policies()
        retrieve = RetrievePassages(
            store.passages,
            embedder,
            AccessControl(lambda: policies),
            RetrievalSettings(chunks_a_passage=chunks_a_passage),
        )
        yield Searcher(
            chunks,
            vectors,
            embedder,
            retrieve,
            count_tokens,
        )


def _draft(
    collection: Collection, name: str, pieces: Sequence[Piece], vectors: NDArray[np.float32], embedder: Embedder
) -> Draft:
    document = collection.documents[name]
    digest = hashlib.sha256(document.text.encode()).hexdigest()
    return Draft(
        key=DocumentKey(DEFAULT_TENANT, collection.name, name),
        type=document.type.value,
        content=document.text.encode(),
        content_hash=digest,
        text=document.text,
        attributes=Attributes(title=document.title),
        chunks=tuple(_stored(ordinal, piece, embedder) for ordinal, piece in enumerate(pieces)),
        vectors=vectors,
        embedder=embedder.version,
        chunker="benchmark",
        fingerprint=digest,
    )


def _stored(ordinal: int, piece: Piece, embedder: Embedder) -> StoredChunk:
    return StoredChunk(
        ordinal=ordinal,
        span=Span(piece.start, piece.end),
        start_byte=piece.start,  # not read here: everything in this benchmark counts characters
        text=piece.text,
        kind="prose",
        heading_path=(),
        context_prefix=piece.prefix,
        tokens=embedder.count_tokens(piece.indexed_text),
        page=None,
        first_line=1,
        last_line=1,
    )
