"""Verdicts, on whole answers and on those that are still being written, with spans in bytes."""

from __future__ import annotations

from collections.abc import Sequence

from groundwire.v1 import guard_pb2
from server import domain
from server.rpc.convert.enums import number_of
from server.rpc.convert.evidence import passage_message
from server.rpc.convert.replies import degradations, timings
from server.rpc.convert.times import timestamp_of
from server.rpc.offsets import ByteOffsets, DocumentOffsets


def validate_response(answer: str, verdict: domain.Verdict) -> guard_pb2.ValidateResponse:
    """The verdict on `answer`, with spans in bytes."""
    in_answer = ByteOffsets(answer)
    in_passages = [ByteOffsets(p.text) for p in verdict.passages]
    return guard_pb2.ValidateResponse(
        decision=number_of(guard_pb2.Decision, "DECISION", verdict.decision),
        route_to_human=verdict.route_to_human,
        reasons=[
            guard_pb2.Reason(
                code=number_of(guard_pb2.ReasonCode, "REASON_CODE", reason.code),
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
        degraded=degradations(verdict.degraded),
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
        timings=timings(verdict.timings),
        receipt=None if verdict.receipt is None else _receipt(verdict.receipt),
        suspicions=[_suspicion(s, verdict.passages, in_answer, in_passages) for s in verdict.suspicions],
        correction=None if verdict.correction is None else _correction(verdict.correction, verdict.passages, in_answer),
    )


def _receipt(receipt: domain.Receipt) -> guard_pb2.Receipt:
    return guard_pb2.Receipt(
        statement=receipt.statement,
        issued_at=timestamp_of(receipt.issued_at),
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
                kind=number_of(guard_pb2.EditKind, "EDIT_KIND", edit.kind),
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
        code=number_of(guard_pb2.ReasonCode, "REASON_CODE", suspicion.code),
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
        label=number_of(guard_pb2.Label, "LABEL", claim.label),
        confidence=claim.confidence,
        citations=[_citation(c, passages[c.passage], in_passages[c.passage]) for c in claim.citations],
        fact_checks=[_fact_check(f, passages, in_answer, in_passages) for f in claim.fact_checks],
        reason_code=number_of(guard_pb2.ReasonCode, "REASON_CODE", claim.code),
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
        relation=number_of(guard_pb2.Relation, "RELATION", citation.relation),
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
        kind=number_of(guard_pb2.FactKind, "FACT_KIND", check.kind),
        outcome=number_of(guard_pb2.FactOutcome, "FACT_OUTCOME", check.outcome),
        in_claim=fact(check.in_claim),
        in_evidence=[fact(found) for found in check.in_evidence],
        formula=check.formula,
    )
