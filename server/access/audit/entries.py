"""What the audit says of decisions: who asked, which documents in which versions they got, what was decided, and why.

Content itself (questions, answers, queries) is in the details as SHA-256, and as text only where the audit policy says so.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from server.access.audit.policy import AuditPolicy
from server.domain import (
    Caller,
    DocumentVersion,
    Passage,
    Query,
    Retrieval,
    ReviewCase,
    ValidationRequest,
    Verdict,
)
from server.stores.chain import AuditEntry

Details: TypeAlias = Mapping[str, Any]


def retrieval_entry(query: Query, retrieval: Retrieval, policy: AuditPolicy) -> AuditEntry:
    """Which passages a caller got for a query."""
    keeps_text = policy.keeps_text(collections_of(retrieval.passages))
    return AuditEntry(
        tenant=query.caller.tenant,
        caller=query.caller,
        action="retrieve",
        outcome="FOUND" if retrieval.passages else "NOTHING_FOUND",
        policies=(retrieval.access_policy, *retrieval.permitted_by),
        reasons=tuple(part.reason for part in retrieval.degraded),
        details={
            "query": _content(query.text, keeps_text),
            "entities": list(query.filter.entity_keys),
            "documents": _documents(retrieval.passages),
            "revision": retrieval.revision,
        },
    )


def verdict_entry(request: ValidationRequest, verdict: Verdict, policy: AuditPolicy) -> AuditEntry:
    """What was said of an answer, from which evidence, and why."""
    keeps_text = policy.keeps_text(collections_of(verdict.passages))
    return AuditEntry(
        tenant=request.caller.tenant,
        caller=request.caller,
        action="validate",
        outcome=verdict.decision,
        policies=tuple(filter(None, (verdict.versions.policy, verdict.versions.access_policy))),
        reasons=tuple(dict.fromkeys(reason.code for reason in verdict.reasons)),
        details={
            "question": _content(request.question, keeps_text),
            "answer": _content(request.answer, keeps_text),
            "entities": list(request.query.filter.entity_keys) if request.query else [],
            "documents": _documents(verdict.passages),
            "claims": dict(Counter(claim.label for claim in verdict.claims)),
            "confidence": f"{verdict.confidence:.6f}",
            "prompt": {"id": request.prompt.prompt_id, "version": request.prompt.version},
            "model": request.model,
            "entailment_model": verdict.versions.entailment_model,
            "revision": verdict.versions.index_revision,
            "case": verdict.review_case_id,
            "receipt": hashlib.sha256(verdict.receipt.statement.encode()).hexdigest() if verdict.receipt else "",
        },
    )


def refusal_entry(caller: Caller, method: str) -> AuditEntry:
    """A call that the caller had no permission for."""
    return AuditEntry(
        caller.tenant, caller, "call", "DENIED", reasons=("PERMISSION_DENIED",), details={"method": method}
    )


def reading_entry(caller: Caller, version: DocumentVersion) -> AuditEntry:
    """A document that a caller got as a whole."""
    return AuditEntry(
        version.key.tenant,
        caller,
        "document.get",
        "FOUND",
        details={
            "documents": [[version.key.collection, version.key.document_id, version.version]],
            "entities": list(version.attributes.entity_keys),
        },
    )


def case_reading_entry(caller: Caller, case: ReviewCase) -> AuditEntry:
    """A case that a caller got, with its evidence."""
    documents = _documents(case.verdict.passages)
    return AuditEntry(case.tenant, caller, "case.get", "FOUND", details={"case": case.case_id, "documents": documents})


def collections_of(passages: Iterable[Passage]) -> set[str]:
    """The collections that passages are from; "" for those that a caller brought along."""
    return {passage.collection for passage in passages}


def _content(text: str, keeps_text: bool) -> Details:
    said = {"sha256": hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()}
    return said | ({"text": text} if keeps_text else {})


def _documents(passages: Iterable[Passage]) -> list[list[str | int]]:
    """Collection, id and version of each document, once."""
    named = dict.fromkeys((passage.collection, passage.document_id, passage.version) for passage in passages)
    return [list(name) for name in named if name[1]]
