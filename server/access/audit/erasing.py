"""Erasing the details of audit records: of a person who may ask for it, or of those kept for as long as the policy says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeAlias

from server.access.audit.policy import AuditPolicy
from server.stores.audit import Chains
from server.stores.chain import AuditEntry, Record
from server.stores.moments import from_micros

Details: TypeAlias = Mapping[str, Any]


class ErasableLog(Protocol):
    """Chains that can be read and erased from."""

    def chains(self) -> AbstractContextManager[Chains]:
        """The chains as they are now."""

    def erase(self, entry: AuditEntry) -> Future[None]:
        """Remove the details of the records that `entry.erases` names, and append it, in one commit."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Who or what details are about; every condition that is not empty must hold.

    person: acted, or had somebody act for them. entity: a key such as "customer/42". document: a document's id.
    """

    person: str = ""
    entity: str = ""
    collection: str = ""
    document: str = ""

    def concerns(self, details: Details) -> bool:
        """Whether a record's details are about the subject."""
        documents = details.get("documents", ())
        return (
            (not self.person or self.person in (*details.get("by", ()), details.get("reviewer")))
            and (not self.entity or self.entity in details.get("entities", ()))
            and (not self.collection or any(name[0] == self.collection for name in documents))
            and (not self.document or any(name[1] == self.document for name in documents))
        )


def erase_subject(log: ErasableLog, tenant: str, subject: Subject, reason: str) -> int:
    """Erase the details of every record about a subject, and say so in the chain, with the reason; returns how many.

    Raises ValueError for a subject without any condition, which would be everyone.
    """
    if subject == Subject():
        raise ValueError("name a person, an entity, a collection or a document")
    return _erase(log, tenant, lambda _, details: subject.concerns(details), "ERASURE", reason)


def erase_outdated(log: ErasableLog, policy: AuditPolicy, now: datetime | None = None) -> int:
    """Erase the details of every record that is older than the policy keeps them; returns how many."""
    if not policy.erases:
        return 0
    moment = now or datetime.now(UTC)

    def outdated(record: Record, details: Details) -> bool:
        days = policy.keep_days({name[0] for name in details.get("documents", ())})
        return bool(days) and from_micros(json.loads(record.header)["at"]) < moment - timedelta(days=days)

    with log.chains() as chains:
        tenants = chains.tenants()
    return sum(_erase(log, tenant, outdated, "RETENTION", "kept as long as the policy says") for tenant in tenants)


def _erase(log: ErasableLog, tenant: str, concerned: Callable[[Record, Details], bool], why: str, reason: str) -> int:
    with log.chains() as chains:
        sequences = tuple(_matching(chains.records(tenant), concerned))
    if sequences:
        details = {"reason": reason}
        log.erase(
            AuditEntry(tenant, None, "audit.erase", "ERASED", reasons=(why,), details=details, erases=sequences)
        ).result()
    return len(sequences)


def _matching(records: Iterator[Record], concerned: Callable[[Record, Details], bool]) -> Iterator[int]:
    for record in records:
        if record.details is not None and concerned(record, json.loads(record.details)):
            yield record.sequence
