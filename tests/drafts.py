"""Documents ready to be stored, made in a line."""

from __future__ import annotations

import hashlib

from server.domain import Attributes, DocumentKey, Span, StoredChunk
from server.stores.base import Draft
from tests.fakes import WordEmbedder


def draft(
    document_id: str,
    text: str,
    *,
    tenant: str = "acme",
    collection: str = "docs",
    attributes: Attributes = Attributes(),
    embedded: bool = True,
) -> Draft:
    """A document whose chunks are the lines of its text, embedded by `WordEmbedder`."""
    chunks, start = [], 0
    for ordinal, line in enumerate(text.split("\n")):
        chunks.append(_chunk(ordinal, start, line))
        start += len(line) + 1
    return Draft(
        key=DocumentKey(tenant, collection, document_id),
        type="text",
        content=text.encode(),
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
        attributes=attributes,
        chunks=tuple(chunks),
        vectors=WordEmbedder().embed([chunk.text for chunk in chunks]) if embedded else None,
        embedder="words-1",
        chunker="lines",
        fingerprint=hashlib.sha256(f"{text}{attributes}".encode()).hexdigest(),
    )


def _chunk(ordinal: int, start: int, line: str) -> StoredChunk:
    return StoredChunk(
        ordinal=ordinal,
        span=Span(start, start + len(line)),
        start_byte=start,
        text=line,
        kind="prose",
        heading_path=("Top",),
        context_prefix="",
        tokens=WordEmbedder().count_tokens(line),
        page=None,
        first_line=ordinal + 1,
        last_line=ordinal + 1,
    )
