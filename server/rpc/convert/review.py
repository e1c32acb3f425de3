"""`groundwire.v1.Review`: cases, rulings, and verdicts to replay."""

from __future__ import annotations

from groundwire.v1 import guard_pb2, review_pb2
from server import domain
from server.errors import InvalidInput
from server.rpc import limits
from server.rpc.convert.enums import choice, number_of
from server.rpc.convert.evidence import passages
from server.rpc.convert.guard import validation_request
from server.rpc.convert.times import timestamp_of
from server.rpc.convert.verdicts import validate_response
from server.usecases.replay import Recorded

EXCERPT_CHARACTERS = 200


def recorded(message: review_pb2.RecordedVerdict, caller: domain.Caller) -> Recorded:
    """A verdict that the application has kept."""
    for name in ("request", "response"):
        if not message.HasField(name):
            raise InvalidInput(f"recorded.{name}", "required, got none", reason="FIELD_REQUIRED")
    versions = message.response.versions
    evidence = domain.Retrieval(
        passages(message.response.passages),
        tokens=0,
        revision=versions.index_revision,
        access_policy=limits.name("recorded.response.versions.access_policy", versions.access_policy),
    )
    moment = limits.moment("recorded.response.receipt.issued_at", message.response.receipt.issued_at)
    return Recorded(validation_request(message.request, caller), evidence, moment)


def case_state(number: review_pb2.CaseState.ValueType) -> domain.CaseState | None:
    """The state to list, or None for any."""
    chosen = choice("state", review_pb2.CaseState, "CASE_STATE", number)
    return domain.CaseState(chosen) if chosen else None


def decision(number: guard_pb2.Decision.ValueType) -> domain.Decision | None:
    """The decision to list, or None for any."""
    chosen = choice("decision", guard_pb2.Decision, "DECISION", number)
    return domain.Decision(chosen) if chosen else None


def ruling(message: review_pb2.Ruling) -> domain.Ruling:
    """A person's decision; the use case checks that a correction comes with its text."""
    resolution = choice("ruling.resolution", review_pb2.Resolution, "RESOLUTION", message.resolution)
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


def case_summary(case: domain.ReviewCase) -> review_pb2.CaseSummary:
    """A case in one line."""
    return review_pb2.CaseSummary(
        case_id=case.case_id,
        created_at=timestamp_of(case.created_at),
        state=number_of(review_pb2.CaseState, "CASE_STATE", case.state),
        decision=number_of(guard_pb2.Decision, "DECISION", case.verdict.decision),
        reasons=[number_of(guard_pb2.ReasonCode, "REASON_CODE", r.code) for r in case.verdict.reasons],
        question=case.request.question,
        answer_excerpt=case.request.answer[:EXCERPT_CHARACTERS],
        confidence=case.verdict.confidence,
        resolution=number_of(review_pb2.Resolution, "RESOLUTION", case.ruling.resolution if case.ruling else None),
    )


def case_message(case: domain.ReviewCase) -> review_pb2.Case:
    """A flagged answer with all that a person needs to decide it."""
    verdict = validate_response(case.request.answer, case.verdict)
    verdict.review_case_id = case.case_id
    return review_pb2.Case(
        case_id=case.case_id,
        created_at=timestamp_of(case.created_at),
        state=number_of(review_pb2.CaseState, "CASE_STATE", case.state),
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
        resolution=number_of(review_pb2.Resolution, "RESOLUTION", ruling.resolution),
        reviewer=ruling.reviewer,
        note=ruling.note,
        corrected_answer=ruling.corrected_answer,
        resolved_at=timestamp_of(ruling.resolved_at),
    )
