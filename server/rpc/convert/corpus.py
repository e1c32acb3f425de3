"""`groundwire.v1.Corpus`: documents, changes of them, and their acknowledgements."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from google.protobuf.json_format import MessageToDict

from groundwire.v1 import corpus_pb2, evidence_pb2
from server import domain
from server.errors import InvalidInput
from server.rpc import limits
from server.rpc.convert.attributes import attributes_of, metadata_of
from server.rpc.convert.enums import number_of
from server.rpc.convert.times import timestamp_of


def source(field: str, document: corpus_pb2.DocumentInput, tenant: str) -> domain.Source:
    """A document to store."""
    key = domain.DocumentKey(
        tenant,
        limits.name(f"{field}.collection", document.collection, required=True),
        limits.name(f"{field}.document_id", document.document_id, required=True),
    )
    content, declared = _content(field, document)
    return domain.Source(
        key=key,
        content=content,
        declared_type=declared,
        filename=limits.name(f"{field}.filename", document.filename, limits.TITLE_BYTES) or None,
        attributes=replace(
            attributes_of(field, document), metadata=metadata_of(f"{field}.metadata", document.metadata)
        ),
    )


def changes(request: corpus_pb2.ApplyChangesRequest, tenant: str) -> tuple[domain.Change, ...]:
    """The changes of a feed."""
    if not request.changes:
        raise InvalidInput("changes", "at least one, got none", reason="FIELD_REQUIRED")
    limits.count("changes", request.changes, limits.CHANGES)
    return tuple(_change(f"changes[{i}]", change, tenant) for i, change in enumerate(request.changes))


def _change(field: str, change: corpus_pb2.Change, tenant: str) -> domain.Change:
    sequence = limits.between(f"{field}.sequence", change.sequence, 1, 1 << 62)
    match change.WhichOneof("what"):
        case "upsert":
            return domain.Change(sequence, source(f"{field}.upsert", change.upsert, tenant))
        case "delete":
            collection = limits.name(f"{field}.delete.collection", change.delete.collection, required=True)
            document_id = limits.name(f"{field}.delete.document_id", change.delete.document_id, required=True)
            return domain.Change(sequence, domain.DocumentKey(tenant, collection, document_id))
        case _:
            raise InvalidInput(f"{field}.what", "upsert or delete is required, got neither", reason="FIELD_REQUIRED")


def _content(field: str, document: corpus_pb2.DocumentInput) -> tuple[bytes, str | None]:
    declared = limits.name(f"{field}.type", document.type, 64) or None
    match document.WhichOneof("content"):
        case "data":
            return data(f"{field}.data", document.data), declared
        case "record":
            try:
                rendered = json.dumps(
                    MessageToDict(document.record), indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False
                )
            except ValueError:
                raise InvalidInput(
                    f"{field}.record", "JSON values only, got NaN or infinity", reason="FIELD_MALFORMED"
                ) from None
            return data(f"{field}.record", rendered.encode()), declared or "json"
        case _:
            raise InvalidInput(f"{field}.content", "data or record is required, got neither", reason="FIELD_REQUIRED")


def data(field: str, content: bytes) -> bytes:
    """The raw bytes of a document."""
    if not content:
        raise InvalidInput(field, "required, got 0 bytes", reason="FIELD_REQUIRED")
    if len(content) > limits.DOCUMENT_BYTES:
        raise InvalidInput(field, f"at most {limits.DOCUMENT_BYTES} bytes, got {len(content)}", reason="FIELD_TOO_LONG")
    return content


def upsert_response(outcomes: Sequence[domain.UpsertOutcome]) -> corpus_pb2.UpsertDocumentsResponse:
    """The acknowledgement of an upsert."""
    return corpus_pb2.UpsertDocumentsResponse(
        results=[
            corpus_pb2.UpsertResult(
                collection=outcome.key.collection,
                document_id=outcome.key.document_id,
                status=number_of(corpus_pb2.UpsertStatus, "UPSERT_STATUS", outcome.status),
                version=outcome.version,
                type=outcome.type,
                chunks=outcome.chunks,
                warnings=outcome.warnings,
                reason=outcome.reason,
                message=outcome.message,
            )
            for outcome in outcomes
        ],
        revision=max((outcome.revision for outcome in outcomes), default=0),
    )


def changes_response(progress: domain.FeedProgress) -> corpus_pb2.ApplyChangesResponse:
    """The acknowledgement of changes."""
    return corpus_pb2.ApplyChangesResponse(
        results=[
            corpus_pb2.ChangeResult(
                sequence=outcome.sequence,
                status=number_of(corpus_pb2.ChangeStatus, "CHANGE_STATUS", outcome.status),
                version=outcome.version,
                missing=outcome.missing,
                reason=outcome.reason,
                message=outcome.message,
            )
            for outcome in progress.outcomes
        ],
        sequence=progress.sequence,
        revision=progress.revision,
    )


def document_message(version: domain.DocumentVersion) -> corpus_pb2.Document:
    """What is known of a version of a document."""
    attributes = version.attributes
    return corpus_pb2.Document(
        collection=version.key.collection,
        document_id=version.key.document_id,
        version=version.version,
        version_label=attributes.version_label,
        trust=number_of(evidence_pb2.Trust, "TRUST", attributes.trust),
        type=version.type,
        title=attributes.title,
        source_uri=attributes.source_uri,
        content_hash=version.content_hash,
        entity_keys=attributes.entity_keys,
        labels=attributes.labels,
        owner=attributes.owner,
        readers=attributes.readers,
        clearance=attributes.clearance,
        region=attributes.region,
        observed_at=timestamp_of(attributes.observed_at),
        valid_from=timestamp_of(attributes.validity.start),
        valid_until=timestamp_of(attributes.validity.end),
        stored_at=timestamp_of(version.stored_at),
        superseded_at=timestamp_of(version.superseded_at),
        metadata=attributes.metadata,
        chunks=version.chunks,
        chunker=version.chunker,
        warnings=version.warnings,
    )


def chunk_message(chunk: domain.StoredChunk) -> corpus_pb2.Chunk:
    """A piece of a document as it is indexed."""
    return corpus_pb2.Chunk(
        ordinal=chunk.ordinal,
        span=evidence_pb2.Span(start=chunk.start_byte, end=chunk.start_byte + len(chunk.text.encode())),
        text=chunk.text,
        kind=chunk.kind,
        heading_path=chunk.heading_path,
        context_prefix=chunk.context_prefix,
        tokens=chunk.tokens,
        page=chunk.page or 0,
        first_line=chunk.first_line,
        last_line=chunk.last_line,
    )
