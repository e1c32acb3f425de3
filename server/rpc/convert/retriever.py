"""`groundwire.v1.Retriever`: queries, and what is found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groundwire.v1 import evidence_pb2, retriever_pb2
from server import domain
from server.rpc import limits
from server.rpc.convert.attributes import metadata_of
from server.rpc.convert.enums import choice, number_of
from server.rpc.convert.evidence import passage_message
from server.rpc.convert.replies import degradations, timings
from server.rpc.convert.times import duration_of, timestamp_of
from server.rpc.offsets import ByteOffsets


def query(
    field: str, spec: evidence_pb2.RetrieveSpec, caller: domain.Caller, *, default_text: str = ""
) -> domain.Query:
    """What to retrieve; `field` is the path of `spec` in its request, `default_text` stands in for an empty query."""
    entity = limits.name(f"{field}.entity", spec.entity)
    is_needed = not default_text and not entity
    text = limits.text(f"{field}.query", spec.query, limits.QUERY_BYTES, required=is_needed) or default_text
    mode = choice(f"{field}.mode", evidence_pb2.RetrievalMode, "RETRIEVAL_MODE", spec.mode)
    return domain.Query(
        caller=caller,
        text=text,
        filter=domain.Filter(
            collections=limits.names(f"{field}.collections", spec.collections),
            document_ids=limits.names(f"{field}.filter.document_ids", spec.filter.document_ids, limits.IDS),
            types=limits.names(f"{field}.filter.types", spec.filter.types),
            labels=limits.names(f"{field}.filter.labels", spec.filter.labels),
            entity_keys=(entity,) if entity else (),
            regions=limits.names(f"{field}.filter.regions", spec.filter.regions),
            metadata=metadata_of(f"{field}.filter.metadata", spec.filter.metadata),
        ),
        mode=domain.RetrievalMode(mode) if mode else domain.RetrievalMode.HYBRID,
        top_k=limits.between(f"{field}.top_k", spec.top_k, 1, 100, default=8),
        token_budget=limits.between(f"{field}.token_budget", spec.token_budget, 1, 1_000_000, default=0),
        as_of=limits.moment(f"{field}.as_of", spec.as_of) if spec.HasField("as_of") else None,
        max_age=limits.positive(f"{field}.max_age", spec.max_age) if spec.HasField("max_age") else None,
        min_revision=limits.between(f"{field}.min_revision", spec.min_revision, 0, 1 << 62),
    )


def retrieve_response(retrieval: domain.Retrieval) -> retriever_pb2.RetrieveResponse:
    """The passages found."""
    return retriever_pb2.RetrieveResponse(
        passages=[passage_message(p) for p in retrieval.passages],
        tokens=retrieval.tokens,
        left_out=[
            retriever_pb2.LeftOut(
                passage_id=left.passage_id,
                reason=number_of(retriever_pb2.LeftOutReason, "LEFT_OUT_REASON", left.reason),
                tokens=left.tokens,
                age=duration_of(left.age),
            )
            for left in retrieval.left_out
        ],
        degraded=degradations(retrieval.degraded),
        revision=retrieval.revision,
        timings=timings(retrieval.timings),
        access_policy=retrieval.access_policy,
        card=None if retrieval.card is None else _card(retrieval.card, retrieval.passages),
    )


def _card(card: domain.EntityCard, passages: Sequence[domain.Passage]) -> retriever_pb2.EntityCard:
    offsets = {passage.passage_id: ByteOffsets(passage.text) for passage in passages}
    return retriever_pb2.EntityCard(
        entity=card.entity, fields=[_card_field(field, offsets) for field in card.fields], complete=card.complete
    )


def _card_field(field: domain.CardField, offsets: Mapping[str, ByteOffsets]) -> retriever_pb2.CardField:
    in_passage = offsets.get(field.passage_id)
    return retriever_pb2.CardField(
        entity=field.entity,
        name=field.name,
        value=field.value,
        type=number_of(retriever_pb2.FieldType, "FIELD_TYPE", field.type),
        state=number_of(retriever_pb2.FieldState, "FIELD_STATE", field.state),
        observed_at=timestamp_of(field.observed_at),
        age=duration_of(field.age),
        collection=field.collection,
        document_id=field.document_id,
        version=field.version,
        content_hash=field.content_hash,
        source_uri=field.source_uri,
        document_span=evidence_pb2.Span(start=field.start_byte, end=field.start_byte + len(field.text.encode())),
        passage_id=field.passage_id,
        passage_span=None if in_passage is None or field.passage_span is None else in_passage.of(field.passage_span),
    )
