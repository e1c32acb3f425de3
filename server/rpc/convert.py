"""The only mapping between protobuf and the domain: requests are checked coming in, offsets become bytes going out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol, TypeVar

from google.protobuf.duration_pb2 import Duration
from google.protobuf.json_format import MessageToDict
from google.protobuf.timestamp_pb2 import Timestamp

from groundwire.v1 import corpus_pb2, evidence_pb2, guard_pb2, retriever_pb2, review_pb2
from server import domain
from server.errors import InvalidInput
from server.rpc import limits
from server.rpc.offsets import ByteOffsets, DocumentOffsets, characters
from server.usecases.replay import Recorded

EXCERPT_CHARACTERS = 200


Number = TypeVar("Number")


class _ProtoEnum(Protocol[Number]):
    """What a generated enum offers."""

    def Name(self, number: Number) -> str:
        """The name of a number; raises ValueError for one that the contract does not have."""

    def Value(self, name: str) -> Number:
        """The number of a name."""


def _number(enum: _ProtoEnum[Number], prefix: str, value: Enum | None) -> Number:
    """The contract's number for a domain value; 0, `_UNSPECIFIED`, for None."""
    return enum.Value(f"{prefix}_{'UNSPECIFIED' if value is None else value.value}")


def _choice(field: str, enum: _ProtoEnum[Number], prefix: str, number: Number) -> str:
    """The domain's name for the contract's number, or "" for `_UNSPECIFIED`."""
    try:
        chosen = enum.Name(number).removeprefix(f"{prefix}_")
    except ValueError:
        raise InvalidInput(field, f"one of the values of {prefix}, got {number}", reason="UNKNOWN_VALUE") from None
    return "" if chosen == "UNSPECIFIED" else chosen


def _timestamp(moment: datetime | None) -> Timestamp | None:
    if moment is None:
        return None
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp


def _duration(length: timedelta | None) -> Duration | None:
    if length is None:
        return None
    duration = Duration()
    duration.FromTimedelta(length)
    return duration


# --- requests: retrieval ------------------------------------------------------------------------------------


def query(
    field: str, spec: evidence_pb2.RetrieveSpec, caller: domain.Caller, *, default_text: str = ""
) -> domain.Query:
    """What to retrieve; `field` is the path of `spec` in its request, `default_text` stands in for an empty query."""
    entity = limits.name(f"{field}.entity", spec.entity)
    is_needed = not default_text and not entity
    text = limits.text(f"{field}.query", spec.query, limits.QUERY_BYTES, required=is_needed) or default_text
    mode = _choice(f"{field}.mode", evidence_pb2.RetrievalMode, "RETRIEVAL_MODE", spec.mode)
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
            metadata=_pairs(f"{field}.filter.metadata", spec.filter.metadata),
        ),
        mode=domain.RetrievalMode(mode) if mode else domain.RetrievalMode.HYBRID,
        top_k=limits.between(f"{field}.top_k", spec.top_k, 1, 100, default=8),
        token_budget=limits.between(f"{field}.token_budget", spec.token_budget, 1, 1_000_000, default=0),
        as_of=limits.moment(f"{field}.as_of", spec.as_of) if spec.HasField("as_of") else None,
        max_age=limits.positive(f"{field}.max_age", spec.max_age) if spec.HasField("max_age") else None,
        min_revision=limits.between(f"{field}.min_revision", spec.min_revision, 0, 1 << 62),
    )


def _pairs(field: str, pairs: Mapping[str, str]) -> dict[str, str]:
    checked = dict(pairs)
    limits.count(field, checked, limits.LIST_ITEMS)
    for key, value in checked.items():
        limits.name(f"{field} key", key, limits.TITLE_BYTES, required=True)
        limits.text(f"{field}[{key!r}]", value, limits.TITLE_BYTES)
    return {key: checked[key] for key in sorted(checked)}


# --- requests: validation -----------------------------------------------------------------------------------


def validation_request(request: guard_pb2.ValidateRequest, caller: domain.Caller) -> domain.ValidationRequest:
    """An answer to check, within the limits that the contract states."""
    answer = limits.text("answer", request.answer, limits.ANSWER_BYTES, required=True)
    return _asked(request, caller, answer)


def stream_start(message: guard_pb2.ValidateStreamRequest, caller: domain.Caller) -> domain.ValidationRequest:
    """What is asked of an answer that is still to be written."""
    if message.WhichOneof("part") != "start":
        raise InvalidInput("start", "the first message of the stream, got none", reason="FIELD_REQUIRED")
    request = message.start
    if request.answer:
        raise InvalidInput(
            "start.answer",
            f"empty, since the answer follows in pieces, got {len(request.answer.encode())} bytes",
            reason="CONFLICTING_FIELDS",
        )
    if request.HasField("retrieve") and not (request.retrieve.query.strip() or request.question.strip()):
        raise InvalidInput(
            "start.retrieve.query",
            "required without a question, since there is no answer yet to search by",
            reason="FIELD_REQUIRED",
        )
    return _asked(request, caller, "")


def _asked(request: guard_pb2.ValidateRequest, caller: domain.Caller, answer: str) -> domain.ValidationRequest:
    question = limits.text("question", request.question, limits.QUESTION_BYTES)
    retrieves = request.HasField("retrieve")
    if retrieves and request.passages:
        raise InvalidInput(
            "retrieve",
            f"only without passages, got {len(request.passages)} passages as well",
            reason="CONFLICTING_FIELDS",
        )
    as_of = limits.moment("as_of", request.as_of) if request.HasField("as_of") else None
    evidence = _evidence_query(request, caller, question.strip() or answer, as_of) if retrieves else None
    return domain.ValidationRequest(
        caller=caller,
        answer=answer,
        question=question,
        passages=_passages(request.passages),
        query=evidence,
        policy=limits.name("policy", request.policy, 64),
        categories=_categories(request.categories),
        prompt=domain.PromptRef(
            prompt_id=limits.name("prompt.id", request.prompt.id),
            version=limits.name("prompt.version", request.prompt.version),
        ),
        model=limits.name("model", request.model),
        usage=_usage(request.usage),
        as_of=as_of,
        include_corrected_answer=request.include_corrected_answer,
    )


def recorded(message: review_pb2.RecordedVerdict, caller: domain.Caller) -> Recorded:
    """A verdict that the application has kept."""
    for name in ("request", "response"):
        if not message.HasField(name):
            raise InvalidInput(f"recorded.{name}", "required, got none", reason="FIELD_REQUIRED")
    versions = message.response.versions
    evidence = domain.Retrieval(
        _passages(message.response.passages),
        tokens=0,
        revision=versions.index_revision,
        access_policy=limits.name("recorded.response.versions.access_policy", versions.access_policy),
    )
    moment = limits.moment("recorded.response.receipt.issued_at", message.response.receipt.issued_at)
    return Recorded(validation_request(message.request, caller), evidence, moment)


def _evidence_query(
    request: guard_pb2.ValidateRequest, caller: domain.Caller, default_text: str, as_of: datetime | None
) -> domain.Query:
    """The query for an answer's evidence, which is about the time that the answer is about unless it names another."""
    asked = query("retrieve", request.retrieve, caller, default_text=_first_bytes(default_text, limits.QUERY_BYTES))
    return asked if asked.as_of is not None else replace(asked, as_of=as_of)


def _first_bytes(text: str, limit: int) -> str:
    return text.encode()[:limit].decode(errors="ignore")


def _categories(categories: Sequence[str]) -> tuple[str, ...]:
    limits.count("categories", categories, 16)
    return limits.names("categories", categories)


def _usage(usage: guard_pb2.Usage) -> domain.Usage:
    return domain.Usage(
        input_tokens=limits.between("usage.input_tokens", usage.input_tokens, 0, 1 << 62),
        output_tokens=limits.between("usage.output_tokens", usage.output_tokens, 0, 1 << 62),
        cost=limits.amount("usage.cost", usage.cost),
        currency=limits.name("usage.currency", usage.currency, 3) or "USD",
    )


def _passages(passages: Sequence[evidence_pb2.Passage]) -> tuple[domain.Passage, ...]:
    limits.count("passages", passages, limits.PASSAGES)
    total = sum(len(p.text.encode()) for p in passages)
    if total > limits.EVIDENCE_BYTES:
        raise InvalidInput(
            "passages", f"at most {limits.EVIDENCE_BYTES} bytes of text in all, got {total}", reason="FIELD_TOO_LONG"
        )
    converted = tuple(_passage(f"passages[{i}]", i, p) for i, p in enumerate(passages))
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
        attributes=domain.Attributes(
            title=limits.text(f"{field}.title", passage.title, limits.TITLE_BYTES),
            source_uri=limits.name(f"{field}.source_uri", passage.source_uri, limits.URI_BYTES),
            entity_keys=limits.names(f"{field}.entity_keys", passage.entity_keys),
            labels=limits.names(f"{field}.labels", passage.labels),
            owner=limits.name(f"{field}.owner", passage.owner),
            readers=limits.names(f"{field}.readers", passage.readers),
            clearance=limits.between(f"{field}.clearance", passage.clearance, 0, domain.HIGHEST_CLEARANCE),
            region=limits.name(f"{field}.region", passage.region),
            validity=_validity(field, passage),
            observed_at=limits.moment(f"{field}.observed_at", passage.observed_at)
            if passage.HasField("observed_at")
            else None,
            version_label=limits.name(f"{field}.version_label", passage.version_label),
            trust=_trust(f"{field}.trust", passage.trust),
        ),
        masks=_masks(f"{field}.masked", passage.masked, text),
    )


def _trust(field: str, number: evidence_pb2.Trust.ValueType) -> domain.Trust:
    chosen = _choice(field, evidence_pb2.Trust, "TRUST", number)
    return domain.Trust(chosen) if chosen else domain.Trust.STANDARD


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


def _validity(field: str, message: evidence_pb2.Passage | corpus_pb2.DocumentInput) -> domain.Validity:
    start = limits.moment(f"{field}.valid_from", message.valid_from) if message.HasField("valid_from") else None
    end = limits.moment(f"{field}.valid_until", message.valid_until) if message.HasField("valid_until") else None
    if start is not None and end is not None and end <= start:
        raise InvalidInput(
            f"{field}.valid_until",
            f"after valid_from, which is {start.isoformat()}, got {end.isoformat()}",
            reason="OUT_OF_RANGE",
        )
    return domain.Validity(start, end)


# --- requests: corpus and review ----------------------------------------------------------------------------


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
        attributes=domain.Attributes(
            title=limits.text(f"{field}.title", document.title, limits.TITLE_BYTES),
            source_uri=limits.name(f"{field}.source_uri", document.source_uri, limits.URI_BYTES),
            entity_keys=limits.names(f"{field}.entity_keys", document.entity_keys),
            labels=limits.names(f"{field}.labels", document.labels),
            owner=limits.name(f"{field}.owner", document.owner),
            readers=limits.names(f"{field}.readers", document.readers),
            clearance=limits.between(f"{field}.clearance", document.clearance, 0, domain.HIGHEST_CLEARANCE),
            region=limits.name(f"{field}.region", document.region, 64),
            validity=_validity(field, document),
            observed_at=limits.moment(f"{field}.observed_at", document.observed_at)
            if document.HasField("observed_at")
            else None,
            version_label=limits.name(f"{field}.version_label", document.version_label),
            trust=_trust(f"{field}.trust", document.trust),
            metadata=_pairs(f"{field}.metadata", document.metadata),
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


def case_state(number: review_pb2.CaseState.ValueType) -> domain.CaseState | None:
    """The state to list, or None for any."""
    chosen = _choice("state", review_pb2.CaseState, "CASE_STATE", number)
    return domain.CaseState(chosen) if chosen else None


def decision(number: guard_pb2.Decision.ValueType) -> domain.Decision | None:
    """The decision to list, or None for any."""
    chosen = _choice("decision", guard_pb2.Decision, "DECISION", number)
    return domain.Decision(chosen) if chosen else None


def ruling(message: review_pb2.Ruling) -> domain.Ruling:
    """A person's decision; the use case checks that a correction comes with its text."""
    resolution = _choice("ruling.resolution", review_pb2.Resolution, "RESOLUTION", message.resolution)
    if not resolution:
        raise InvalidInput(
            "ruling.resolution", "APPROVED, REJECTED or CORRECTED, got RESOLUTION_UNSPECIFIED", reason="FIELD_REQUIRED"
        )
    return domain.Ruling(
        resolution=domain.Resolution(resolution),
        reviewer=limits.name("ruling.reviewer", message.reviewer, required=True),
        note=limits.text("ruling.note", message.note, limits.QUESTION_BYTES),
        corrected_answer=limits.text("ruling.corrected_answer", message.corrected_answer, limits.ANSWER_BYTES),
    )


# --- replies ------------------------------------------------------------------------------------------------


def retrieve_response(retrieval: domain.Retrieval) -> retriever_pb2.RetrieveResponse:
    """The passages found."""
    return retriever_pb2.RetrieveResponse(
        passages=[passage_message(p) for p in retrieval.passages],
        tokens=retrieval.tokens,
        left_out=[
            retriever_pb2.LeftOut(
                passage_id=left.passage_id,
                reason=_number(retriever_pb2.LeftOutReason, "LEFT_OUT_REASON", left.reason),
                tokens=left.tokens,
                age=_duration(left.age),
            )
            for left in retrieval.left_out
        ],
        degraded=_degradations(retrieval.degraded),
        revision=retrieval.revision,
        timings=_timings(retrieval.timings),
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
        type=_number(retriever_pb2.FieldType, "FIELD_TYPE", field.type),
        state=_number(retriever_pb2.FieldState, "FIELD_STATE", field.state),
        observed_at=_timestamp(field.observed_at),
        age=_duration(field.age),
        collection=field.collection,
        document_id=field.document_id,
        version=field.version,
        content_hash=field.content_hash,
        source_uri=field.source_uri,
        document_span=evidence_pb2.Span(start=field.start_byte, end=field.start_byte + len(field.text.encode())),
        passage_id=field.passage_id,
        passage_span=None if in_passage is None or field.passage_span is None else in_passage.of(field.passage_span),
    )


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
        trust=_number(evidence_pb2.Trust, "TRUST", attributes.trust),
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
        observed_at=_timestamp(attributes.observed_at),
        valid_from=_timestamp(attributes.validity.start),
        valid_until=_timestamp(attributes.validity.end),
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


def validate_response(answer: str, verdict: domain.Verdict) -> guard_pb2.ValidateResponse:
    """The verdict on `answer`, with spans in bytes."""
    in_answer = ByteOffsets(answer)
    in_passages = [ByteOffsets(p.text) for p in verdict.passages]
    return guard_pb2.ValidateResponse(
        decision=_number(guard_pb2.Decision, "DECISION", verdict.decision),
        route_to_human=verdict.route_to_human,
        reasons=[
            guard_pb2.Reason(
                code=_number(guard_pb2.ReasonCode, "REASON_CODE", reason.code),
                message=reason.message,
                claims=reason.claims,
                category=reason.category,
            )
            for reason in verdict.reasons
        ],
        confidence=verdict.confidence,
        support_score=verdict.support_score,
        evidence_read=verdict.evidence_read,
        claims=[_claim(c, verdict.passages, in_answer, in_passages) for c in verdict.claims],
        passages=[passage_message(p) for p in verdict.passages],
        categories=verdict.categories,
        review_case_id=verdict.review_case_id,
        degraded=_degradations(verdict.degraded),
        versions=guard_pb2.Versions(
            service=verdict.versions.service,
            entailment_model=verdict.versions.entailment_model,
            embedding_model=verdict.versions.embedding_model,
            policy=verdict.versions.policy,
            index_revision=verdict.versions.index_revision,
            chunkers=verdict.versions.chunkers,
            access_policy=verdict.versions.access_policy,
            masking_policy=verdict.versions.masking_policy,
        ),
        timings=_timings(verdict.timings),
        receipt=None if verdict.receipt is None else _receipt(verdict.receipt),
        suspicions=[_suspicion(s, verdict.passages, in_answer, in_passages) for s in verdict.suspicions],
        correction=None if verdict.correction is None else _correction(verdict.correction, verdict.passages, in_answer),
    )


def _receipt(receipt: domain.Receipt) -> guard_pb2.Receipt:
    return guard_pb2.Receipt(
        statement=receipt.statement,
        issued_at=_timestamp(receipt.issued_at),
        key_id=receipt.key_id,
        signature=bytes.fromhex(receipt.signature),
    )


def _correction(
    correction: domain.Correction, passages: Sequence[domain.Passage], in_answer: ByteOffsets
) -> guard_pb2.Correction:
    return guard_pb2.Correction(
        corrected_answer=correction.answer,
        edits=[
            guard_pb2.Edit(
                kind=_number(guard_pb2.EditKind, "EDIT_KIND", edit.kind),
                span=in_answer.of(edit.span),
                text=edit.text,
                claim=edit.claim,
            )
            for edit in correction.edits
        ],
        sources=[passages[at].passage_id for at in correction.sources],
        reason=correction.reason,
    )


def _suspicion(
    suspicion: domain.Suspicion,
    passages: Sequence[domain.Passage],
    in_answer: ByteOffsets,
    in_passages: Sequence[ByteOffsets],
) -> guard_pb2.Suspicion:
    at = suspicion.passage
    return guard_pb2.Suspicion(
        code=_number(guard_pb2.ReasonCode, "REASON_CODE", suspicion.code),
        passage_id="" if at is None else passages[at].passage_id,
        span=(in_answer if at is None else in_passages[at]).of(suspicion.span),
        text=suspicion.text,
    )


def stream_event(
    event: domain.StreamEvent, written: str, passages: Sequence[domain.Passage]
) -> guard_pb2.ValidateStreamResponse:
    """What the answer `written` so far brings about, with spans in bytes."""
    match event:
        case domain.ClaimJudged(number, verdict):
            claim = _claim(verdict, passages, ByteOffsets(written), [ByteOffsets(p.text) for p in passages])
            return guard_pb2.ValidateStreamResponse(claim=guard_pb2.ClaimJudged(number=number, claim=claim))
        case domain.ClaimRetracted(number):
            return guard_pb2.ValidateStreamResponse(retract=guard_pb2.ClaimRetracted(number=number))
        case domain.WritingStopped(number, message, leak):
            stop = guard_pb2.WritingStopped(number=number, message=message, leak=_leak(leak))
            return guard_pb2.ValidateStreamResponse(stop=stop)
        case domain.Finalised(answer, final, leaked):
            return guard_pb2.ValidateStreamResponse(
                final=guard_pb2.Finalised(
                    verdict=validate_response(answer, final), leak=None if leaked is None else _leak(leaked)
                )
            )


def _leak(leak: domain.Leak) -> guard_pb2.Leak:
    return guard_pb2.Leak(bytes=leak.size, characters=leak.characters, pieces=leak.pieces)


def _claim(
    claim: domain.ClaimVerdict,
    passages: Sequence[domain.Passage],
    in_answer: ByteOffsets,
    in_passages: Sequence[ByteOffsets],
) -> guard_pb2.Claim:
    return guard_pb2.Claim(
        span=in_answer.of(claim.span),
        text=claim.text,
        label=_number(guard_pb2.Label, "LABEL", claim.label),
        confidence=claim.confidence,
        citations=[_citation(c, passages[c.passage], in_passages[c.passage]) for c in claim.citations],
        fact_checks=[_fact_check(f, passages, in_answer, in_passages) for f in claim.fact_checks],
        reason_code=_number(guard_pb2.ReasonCode, "REASON_CODE", claim.code),
        reason=claim.reason,
        resolved=claim.resolved,
    )


def _citation(citation: domain.Citation, passage: domain.Passage, offsets: ByteOffsets) -> guard_pb2.Citation:
    return guard_pb2.Citation(
        passage_id=passage.passage_id,
        document_id=passage.document_id,
        version=passage.version,
        content_hash=passage.content_hash,
        source_uri=passage.attributes.source_uri,
        passage_span=offsets.of(citation.span),
        document_span=None if passage.span is None else DocumentOffsets(passage).of(citation.span),
        quote=citation.quote,
        relation=_number(guard_pb2.Relation, "RELATION", citation.relation),
        score=citation.score,
    )


def _fact_check(
    check: domain.FactCheck,
    passages: Sequence[domain.Passage],
    in_answer: ByteOffsets,
    in_passages: Sequence[ByteOffsets],
) -> guard_pb2.FactCheck:
    def fact(found: domain.FactSpan) -> guard_pb2.Fact:
        if found.passage is None:
            return guard_pb2.Fact(span=in_answer.of(found.span), text=found.text)
        return guard_pb2.Fact(
            passage_id=passages[found.passage].passage_id,
            span=in_passages[found.passage].of(found.span),
            text=found.text,
        )

    return guard_pb2.FactCheck(
        kind=_number(guard_pb2.FactKind, "FACT_KIND", check.kind),
        outcome=_number(guard_pb2.FactOutcome, "FACT_OUTCOME", check.outcome),
        in_claim=fact(check.in_claim),
        in_evidence=[fact(found) for found in check.in_evidence],
        formula=check.formula,
    )


def _degradations(degraded: Sequence[domain.Degradation]) -> list[evidence_pb2.Degradation]:
    return [evidence_pb2.Degradation(component=d.component, reason=d.reason, message=d.message) for d in degraded]


def _timings(timings: Sequence[domain.Timing]) -> list[evidence_pb2.StageTiming]:
    return [evidence_pb2.StageTiming(stage=t.stage, microseconds=t.microseconds) for t in timings]


def upsert_response(outcomes: Sequence[domain.UpsertOutcome]) -> corpus_pb2.UpsertDocumentsResponse:
    """The acknowledgement of an upsert."""
    return corpus_pb2.UpsertDocumentsResponse(
        results=[
            corpus_pb2.UpsertResult(
                collection=outcome.key.collection,
                document_id=outcome.key.document_id,
                status=_number(corpus_pb2.UpsertStatus, "UPSERT_STATUS", outcome.status),
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
                status=_number(corpus_pb2.ChangeStatus, "CHANGE_STATUS", outcome.status),
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
        trust=_number(evidence_pb2.Trust, "TRUST", attributes.trust),
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
        observed_at=_timestamp(attributes.observed_at),
        valid_from=_timestamp(attributes.validity.start),
        valid_until=_timestamp(attributes.validity.end),
        stored_at=_timestamp(version.stored_at),
        superseded_at=_timestamp(version.superseded_at),
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


def case_summary(case: domain.ReviewCase) -> review_pb2.CaseSummary:
    """A case in one line."""
    return review_pb2.CaseSummary(
        case_id=case.case_id,
        created_at=_timestamp(case.created_at),
        state=_number(review_pb2.CaseState, "CASE_STATE", case.state),
        decision=_number(guard_pb2.Decision, "DECISION", case.verdict.decision),
        reasons=[_number(guard_pb2.ReasonCode, "REASON_CODE", r.code) for r in case.verdict.reasons],
        question=case.request.question,
        answer_excerpt=case.request.answer[:EXCERPT_CHARACTERS],
        confidence=case.verdict.confidence,
        resolution=_number(review_pb2.Resolution, "RESOLUTION", case.ruling.resolution if case.ruling else None),
    )


def case_message(case: domain.ReviewCase) -> review_pb2.Case:
    """A flagged answer with all that a person needs to decide it."""
    verdict = validate_response(case.request.answer, case.verdict)
    verdict.review_case_id = case.case_id
    return review_pb2.Case(
        case_id=case.case_id,
        created_at=_timestamp(case.created_at),
        state=_number(review_pb2.CaseState, "CASE_STATE", case.state),
        question=case.request.question,
        answer=case.request.answer,
        verdict=verdict,
        prompt=guard_pb2.Prompt(id=case.request.prompt.prompt_id, version=case.request.prompt.version),
        model=case.request.model,
        usage=guard_pb2.Usage(
            input_tokens=case.request.usage.input_tokens,
            output_tokens=case.request.usage.output_tokens,
            cost=case.request.usage.cost,
            currency=case.request.usage.currency,
        ),
        ruling=None if case.ruling is None else _ruling(case.ruling),
    )


def _ruling(ruling: domain.Ruling) -> review_pb2.Ruling:
    return review_pb2.Ruling(
        resolution=_number(review_pb2.Resolution, "RESOLUTION", ruling.resolution),
        reviewer=ruling.reviewer,
        note=ruling.note,
        corrected_answer=ruling.corrected_answer,
        resolved_at=_timestamp(ruling.resolved_at),
    )
