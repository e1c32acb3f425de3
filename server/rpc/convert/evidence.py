"""Passages, coming in and going out."""

from __future__ import annotations

from collections.abc import Sequence

from groundwire.v1 import evidence_pb2
from server import domain
from server.errors import InvalidInput
from server.rpc import limits
from server.rpc.convert.attributes import attributes_of
from server.rpc.convert.enums import number_of
from server.rpc.convert.times import timestamp_of
from server.rpc.offsets import ByteOffsets, DocumentOffsets, characters


def passages(messages: Sequence[evidence_pb2.Passage]) -> tuple[domain.Passage, ...]:
    """The evidence that a caller brought along, each passage with an id of its own."""
    limits.count("passages", messages, limits.PASSAGES)
    total = sum(len(p.text.encode()) for p in messages)
    if total > limits.EVIDENCE_BYTES:
        raise InvalidInput(
            "passages", f"at most {limits.EVIDENCE_BYTES} bytes of text in all, got {total}", reason="FIELD_TOO_LONG"
        )
    converted = tuple(_passage(f"passages[{i}]", i, p) for i, p in enumerate(messages))
    seen: dict[str, int] = {}
    for i, passage in enumerate(converted):
        if passage.passage_id in seen:
            first = seen[passage.passage_id]
            raise InvalidInput(
                f"passages[{i}].passage_id",
                f"unique, got {passage.passage_id!r}, which is also passages[{first}]",
                reason="DUPLICATE",
            )
        seen[passage.passage_id] = i
    return converted


def _passage(field: str, position: int, passage: evidence_pb2.Passage) -> domain.Passage:
    text = limits.text(f"{field}.text", passage.text, limits.PASSAGE_BYTES, required=True)
    limits.count(f"{field}.heading_path", passage.heading_path, limits.LIST_ITEMS)
    return domain.Passage(
        passage_id=limits.name(f"{field}.passage_id", passage.passage_id) or f"p{position}",
        text=text,
        document_id=limits.name(f"{field}.document_id", passage.document_id),
        collection=limits.name(f"{field}.collection", passage.collection),
        version=limits.between(f"{field}.version", passage.version, 0, 1 << 62),
        content_hash=limits.name(f"{field}.content_hash", passage.content_hash),
        # The place in the document is known in bytes alone; characters count from the passage's own start.
        span=domain.Span(0, len(text)) if passage.HasField("document_span") else None,
        start_byte=_document_start(f"{field}.document_span", passage, text),
        score=passage.score,
        kind=limits.name(f"{field}.kind", passage.kind),
        heading_path=tuple(
            limits.text(f"{field}.heading_path", heading, limits.TITLE_BYTES) for heading in passage.heading_path
        ),
        context_prefix=limits.text(f"{field}.context_prefix", passage.context_prefix, limits.PASSAGE_BYTES),
        page=limits.between(f"{field}.page", passage.page, 0, 1 << 30) or None,
        first_line=limits.between(f"{field}.first_line", passage.first_line, 0, 1 << 30),
        last_line=limits.between(f"{field}.last_line", passage.last_line, 0, 1 << 30),
        type=limits.name(f"{field}.type", passage.type),
        attributes=attributes_of(field, passage),
        masks=_masks(f"{field}.masked", passage.masked, text),
    )


def _masks(field: str, masks: Sequence[evidence_pb2.Mask], text: str) -> tuple[domain.Mask, ...]:
    limits.count(field, masks, limits.IDS)
    converted: list[domain.Mask] = []
    for i, mask in enumerate(masks):
        try:
            span = characters(text, mask.span)
        except ValueError as error:
            raise InvalidInput(f"{field}[{i}].span", f"a part of the text: {error}", reason="OUT_OF_RANGE") from None
        if converted and span.start < converted[-1].span.end:
            raise InvalidInput(
                f"{field}[{i}].span", "in order and apart, got one before its predecessor's end", reason="OUT_OF_RANGE"
            )
        converted.append(
            domain.Mask(
                span=span,
                what=limits.name(f"{field}[{i}].what", mask.what),
                action=limits.name(f"{field}[{i}].action", mask.action, 64),
                source_bytes=limits.between(f"{field}[{i}].source_bytes", mask.source_bytes, 0, limits.DOCUMENT_BYTES),
            )
        )
    return tuple(converted)


def _document_start(field: str, passage: evidence_pb2.Passage, text: str) -> int:
    if not passage.HasField("document_span"):
        return 0
    start, end, size = passage.document_span.start, passage.document_span.end, len(text.encode())
    size += sum(mask.source_bytes - (mask.span.end - mask.span.start) for mask in passage.masked)
    if start < 0 or end - start != size:
        raise InvalidInput(
            field,
            f"as long as the passage's text with what its masks stand for, {size} bytes from 0 or later, got [{start}, {end})",
            reason="OUT_OF_RANGE",
        )
    return start


def passage_message(passage: domain.Passage) -> evidence_pb2.Passage:
    """A piece of evidence."""
    attributes = passage.attributes
    return evidence_pb2.Passage(
        passage_id=passage.passage_id,
        text=passage.text,
        document_id=passage.document_id,
        collection=passage.collection,
        version=passage.version,
        version_label=attributes.version_label,
        trust=number_of(evidence_pb2.Trust, "TRUST", attributes.trust),
        content_hash=passage.content_hash,
        source_uri=attributes.source_uri,
        title=attributes.title,
        document_span=_placed(passage),
        heading_path=passage.heading_path,
        context_prefix=passage.context_prefix,
        kind=passage.kind,
        type=passage.type,
        page=passage.page or 0,
        first_line=passage.first_line,
        last_line=passage.last_line,
        entity_keys=attributes.entity_keys,
        labels=attributes.labels,
        owner=attributes.owner,
        readers=attributes.readers,
        clearance=attributes.clearance,
        region=attributes.region,
        observed_at=timestamp_of(attributes.observed_at),
        valid_from=timestamp_of(attributes.validity.start),
        valid_until=timestamp_of(attributes.validity.end),
        score=passage.score,
        dense_score=passage.dense_score,
        lexical_score=passage.lexical_score,
        tokens=passage.tokens,
        masked=_masked(passage),
    )


def _masked(passage: domain.Passage) -> list[evidence_pb2.Mask]:
    offsets = ByteOffsets(passage.text) if passage.masks else None
    return [
        evidence_pb2.Mask(
            span=offsets.of(mask.span), what=mask.what, action=mask.action, source_bytes=mask.source_bytes
        )
        for mask in passage.masks
        if offsets is not None
    ]


def _placed(passage: domain.Passage) -> evidence_pb2.Span | None:
    if passage.span is None:
        return None
    return DocumentOffsets(passage).whole
