"""`groundwire.v1.Guard`: answers to check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from groundwire.v1 import guard_pb2
from server import domain
from server.errors import InvalidInput
from server.rpc import limits
from server.rpc.convert.evidence import passages
from server.rpc.convert.retriever import query


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
        passages=passages(request.passages),
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
