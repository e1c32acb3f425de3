"""`groundwire.v1.Corpus`: keeps documents."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import partial

from groundwire.v1 import corpus_pb2, corpus_pb2_grpc
from server.deadline import Deadline
from server.domain import Caller, DocumentKey, Source, UpsertOutcome
from server.errors import InvalidInput
from server.rpc import convert, limits
from server.rpc.identity import current_caller
from server.rpc.interceptors import Context
from server.rpc.workers import Workers
from server.usecases.documents import DeleteDocuments, GetDocument, ListDocuments
from server.usecases.feed import ApplyChanges
from server.usecases.ingest import IngestDocuments, PreviewChunks

_BATCH_DOCUMENTS = 64
_BATCH_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class CorpusUseCases:
    """What the service stands on."""

    ingest: IngestDocuments
    preview: PreviewChunks
    apply: ApplyChanges
    delete: DeleteDocuments
    get: GetDocument
    list: ListDocuments


class CorpusService(corpus_pb2_grpc.CorpusServicer):
    """The service on top of the document use cases; writes have threads of their own and do not hold up reads."""

    def __init__(self, reads: Workers, writes: Workers, use_cases: CorpusUseCases) -> None:
        self._reads = reads
        self._writes = writes
        self._use_cases = use_cases

    async def UpsertDocuments(
        self, request_iterator: AsyncIterator[corpus_pb2.UpsertDocumentsRequest], context: Context
    ) -> corpus_pb2.UpsertDocumentsResponse:
        """Store a stream of documents, batch by batch while it comes in."""
        caller = current_caller()
        outcomes: list[UpsertOutcome] = []
        async for batch in _batches(request_iterator, caller.tenant):
            outcomes += await self._writes.run(context, partial(self._ingest, caller, batch))
        return convert.upsert_response(outcomes)

    def _ingest(self, caller: Caller, batch: Sequence[Source], deadline: Deadline) -> list[UpsertOutcome]:
        return list(self._use_cases.ingest(caller, batch, deadline))

    async def ApplyChanges(
        self, request: corpus_pb2.ApplyChangesRequest, context: Context
    ) -> corpus_pb2.ApplyChangesResponse:
        """Apply changes of a feed."""
        caller = current_caller()
        source = limits.name("source", request.source, required=True)
        changes = convert.changes(request, caller.tenant)
        progress = await self._writes.run(
            context, lambda deadline: self._use_cases.apply(caller, source, changes, deadline)
        )
        return convert.changes_response(progress)

    async def DeleteDocuments(
        self, request: corpus_pb2.DeleteDocumentsRequest, context: Context
    ) -> corpus_pb2.DeleteDocumentsResponse:
        """Remove documents with all their versions."""
        collection = limits.name("collection", request.collection, required=True)
        if not request.document_ids:
            raise InvalidInput("document_ids", "at least one, got none", reason="FIELD_REQUIRED")
        ids = limits.names("document_ids", request.document_ids, limits.IDS)
        caller = current_caller()
        keys = [DocumentKey(caller.tenant, collection, document_id) for document_id in ids]
        deletion = await self._writes.run(context, lambda _: self._use_cases.delete(caller, keys))
        return corpus_pb2.DeleteDocumentsResponse(
            deleted=[key.document_id for key in deletion.deleted], revision=deletion.revision
        )

    async def GetDocument(
        self, request: corpus_pb2.GetDocumentRequest, context: Context
    ) -> corpus_pb2.GetDocumentResponse:
        """Return a document."""
        caller = current_caller()
        key = DocumentKey(
            caller.tenant,
            limits.name("collection", request.collection, required=True),
            limits.name("document_id", request.document_id, required=True),
        )
        version = limits.between("version", request.version, 0, 1 << 62) or None

        def got(_: Deadline) -> corpus_pb2.GetDocumentResponse:
            document = self._use_cases.get(caller, key, version)
            return corpus_pb2.GetDocumentResponse(
                document=convert.document_message(document.version),
                text=document.text if request.include_text else "",
                chunks=[convert.chunk_message(c) for c in document.chunks] if request.include_chunks else [],
            )

        return await self._reads.run(context, got)

    async def ListDocuments(
        self, request: corpus_pb2.ListDocumentsRequest, context: Context
    ) -> corpus_pb2.ListDocumentsResponse:
        """List the current versions of documents."""
        collection = limits.name("collection", request.collection)
        size = limits.between("page_size", request.page_size, 1, 1000, default=100)
        token = limits.text("page_token", request.page_token, limits.URI_BYTES)
        caller = current_caller()
        page = await self._reads.run(context, lambda _: self._use_cases.list(caller, collection, size, token))
        return corpus_pb2.ListDocumentsResponse(
            documents=[convert.document_message(v) for v in page.items], next_page_token=page.next_page_token
        )

    async def PreviewChunks(
        self, request: corpus_pb2.PreviewChunksRequest, context: Context
    ) -> corpus_pb2.PreviewChunksResponse:
        """Show how a document would be cut."""
        source = Source(
            key=DocumentKey(current_caller().tenant, "preview", "preview"),
            content=convert.data("data", request.data),
            declared_type=limits.name("type", request.type, 64) or None,
            filename=limits.name("filename", request.filename, limits.TITLE_BYTES) or None,
        )
        max_tokens = limits.between("max_tokens", request.max_tokens, 16, 8192, default=0)
        overlap = limits.between("overlap_tokens", request.overlap_tokens, 0, 4096)

        def previewed(_: Deadline) -> corpus_pb2.PreviewChunksResponse:
            preview = self._use_cases.preview(source, max_tokens, overlap)
            return corpus_pb2.PreviewChunksResponse(
                type=preview.type,
                type_confidence=preview.type_confidence,
                text=preview.text,
                chunks=[convert.chunk_message(c) for c in preview.chunks],
                warnings=preview.warnings,
            )

        return await self._reads.run(context, previewed)


async def _batches(
    requests: AsyncIterator[corpus_pb2.UpsertDocumentsRequest], tenant: str
) -> AsyncIterator[list[Source]]:
    """Documents of the stream in batches of bounded count and size."""
    batch: list[Source] = []
    size = count = 0
    async for request in requests:
        if not request.HasField("document"):
            raise InvalidInput(f"documents[{count}]", "required, got none", reason="FIELD_REQUIRED")
        source = convert.source(f"documents[{count}]", request.document, tenant)
        batch.append(source)
        count += 1
        size += len(source.content)
        if len(batch) >= _BATCH_DOCUMENTS or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
