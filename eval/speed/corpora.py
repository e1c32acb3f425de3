"""Data folders with any number of chunks, made through the store: text from a seed, vectors at random, no model run."""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.speed.prose import Prose
from server.config import Settings
from server.deadline import NEVER
from server.domain import DEFAULT_TENANT, Attributes, DocumentKey, Span, StoredChunk
from server.models.weights import open_weights
from server.stores.base import Draft, Written
from server.stores.index.tenant import due
from server.stores.store import StoreSettings, open_store

_CHUNKS_A_DOCUMENT = 50
_SENTENCES_A_CHUNK = 5
_TOKENS_A_CHUNK = 110
_CLUSTERS = 64
_SPREAD = 0.7
_UNDER_WAY = 64
_LOOK_AGAIN = 0.1
COLLECTION = "synthetic"


def _plain(_: int) -> Attributes:
    return Attributes()


def build_corpus(
    directory: Path,
    chunks: int,
    settings: Settings,
    seed: int = 0,
    attributes: Callable[[int], Attributes] = _plain,
) -> None:
    """Fill `directory` with a store of `chunks` chunks in documents of fifty, its indexes consolidated and saved.

    `attributes` says those of document number 0, 1, 2 ...
    Vectors lie around a few dozen centres, as those of text do, which is what an inverted file is made for.
    """
    weights = open_weights(settings.embedder, "embedder")
    dimension = weights.number("dimension")
    store_settings = StoreSettings(directory, exact_limit=settings.exact_index_limit)
    pending: deque[Future[Written]] = deque()
    with open_store(store_settings, embedder=weights.version, dimension=dimension) as store:
        for number, draft in enumerate(_drafts(chunks, weights.version, dimension, seed)):
            pending.append(store.documents.put(replace(draft, attributes=attributes(number))))
            if len(pending) > _UNDER_WAY:
                pending.popleft().result()
        while pending:
            pending.popleft().result()
        while due(store.passages.view(DEFAULT_TENANT, 0, NEVER).segments, settings.exact_index_limit):
            time.sleep(_LOOK_AGAIN)


def _drafts(chunks: int, embedder: str, dimension: int, seed: int) -> Iterator[Draft]:
    prose, random = Prose(seed), np.random.default_rng(seed)
    centres = random.standard_normal((_CLUSTERS, dimension), dtype=np.float32)
    for number, start in enumerate(range(0, chunks, _CHUNKS_A_DOCUMENT)):
        texts = [prose.passage(_SENTENCES_A_CHUNK) for _ in range(min(_CHUNKS_A_DOCUMENT, chunks - start))]
        yield _draft(f"document-{number}", texts, _unit_vectors(random, centres, len(texts)), embedder)


def _unit_vectors(random: np.random.Generator, centres: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    noise = random.standard_normal((count, centres.shape[1]), dtype=np.float32)
    vectors = centres[random.integers(0, len(centres), count)] + _SPREAD * noise
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def _draft(document_id: str, texts: list[str], vectors: NDArray[np.float32], embedder: str) -> Draft:
    text = "\n\n".join(texts)
    starts = accumulate((len(part) + 2 for part in texts), initial=0)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Draft(
        key=DocumentKey(DEFAULT_TENANT, COLLECTION, document_id),
        type="text",
        content=text.encode(),
        content_hash=digest,
        text=text,
        attributes=Attributes(),
        chunks=tuple(
            StoredChunk(
                ordinal=ordinal,
                span=Span(start, end - 2),
                start_byte=start,  # the text is ASCII, so bytes and characters count alike
                text=texts[ordinal],
                kind="prose",
                heading_path=(),
                context_prefix="",
                tokens=_TOKENS_A_CHUNK,
                page=None,
                first_line=2 * ordinal + 1,
                last_line=2 * ordinal + 1,
            )
            for ordinal, (start, end) in enumerate(pairwise(starts))
        ),
        vectors=vectors,
        embedder=embedder,
        chunker="synthetic",
        fingerprint=digest,
    )
