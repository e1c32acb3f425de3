"""The steps that record decisions: those that release something return once their record is durable, or raise StoreFailure.

A decision that cannot be recorded is not given: whoever asked hears that the records cannot be written.
"""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from server.access.audit import entries
from server.access.audit.policy import AuditPolicy
from server.domain import Caller, DocumentVersion, Query, Retrieval, ReviewCase, ValidationRequest, Verdict
from server.stores.chain import AuditEntry


class Log(Protocol):
    """Where records go."""

    def append(self, entry: AuditEntry) -> Future[None]:
        """Append an entry to its tenant's chain; durable when the future resolves."""


@dataclass(frozen=True, slots=True)
class Recorder:
    """Records decisions in a log, with as much content as the policy allows."""

    log: Log
    policy: AuditPolicy = AuditPolicy()

    def retrieval(self, query: Query, retrieval: Retrieval) -> None:
        """Passages that a caller gets."""
        self._write(entries.retrieval_entry(query, retrieval, self.policy))

    def verdict(self, request: ValidationRequest, verdict: Verdict) -> None:
        """A verdict that a caller gets."""
        self._write(entries.verdict_entry(request, verdict, self.policy))

    def refusal(self, caller: Caller, method: str) -> None:
        """A call that the caller had no permission for; it releases nothing, so nobody waits for its record."""
        self.log.append(entries.refusal_entry(caller, method))

    def reading(self, caller: Caller, version: DocumentVersion) -> None:
        """A document that a caller gets."""
        self._write(entries.reading_entry(caller, version))

    def case_reading(self, caller: Caller, case: ReviewCase) -> None:
        """A case that a caller gets."""
        self._write(entries.case_reading_entry(caller, case))

    def _write(self, entry: AuditEntry) -> None:
        self.log.append(entry).result()
