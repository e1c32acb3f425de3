"""The audit chain: records that each carry the hash of the one before, and a signed head that says where the chain ends.

A record is a header, which stays for ever, and details, which can be erased. The header holds only a commitment to the details,
SHA-256 over a random salt and them, and the chain's hashes cover headers alone: once details and salt are gone, nothing of them can
be guessed back, and every hash still fits.

    commitment = SHA-256("groundwire.audit.details/1" NUL salt NUL details)
    hash(n)    = SHA-256("groundwire.audit.record/1" NUL hash(n-1) NUL header(n)), hash(0) = 64 zeros

Headers, details, salts and hashes are hashed as the texts that they are stored as; hashes are lower-case hexadecimal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from server.domain import Caller
from server.stores.canonical import canonical
from server.stores.moments import to_micros

Json: TypeAlias = Any

GENESIS = "0" * 64
"""What stands for the hash of the record before the first."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One decision or change, before it has its place in its tenant's chain.

    `caller` is who did it or asked for it, None for the server itself. `action` is what was done ("validate", "document.put"),
    `outcome` what came of it ("PASS", "CREATED"); `policies` are the ids of those that decided, `reasons` the codes of why. These
    four may not hold content or name a person: they stay when `details`, which may, are erased, and the caller with them. `erases`
    are the sequence numbers of records whose details go with this entry.
    """

    tenant: str
    caller: Caller | None
    action: str
    outcome: str
    policies: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    details: Mapping[str, Json] = field(default_factory=dict)
    erases: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """An entry in its place, counted from 1 for each tenant; `salt` and `details` are None once they are erased."""

    tenant: str
    sequence: int
    hash: str
    header: str
    salt: str | None
    details: str | None


@dataclass(frozen=True, slots=True)
class Head:
    """Where a tenant's chain ends, signed; `signed_at` is in microseconds since 1970, the signature lower-case hexadecimal.

    `key_id` and `signature` are empty where the store has no key.
    """

    tenant: str
    sequence: int
    hash: str
    signed_at: int
    key_id: str = ""
    signature: str = ""

    @property
    def statement(self) -> bytes:
        """The bytes that the signature is over."""
        said = {"hash": self.hash, "sequence": self.sequence, "signed_at": self.signed_at, "tenant": self.tenant}
        return b"groundwire.audit.head/1\0" + canonical(said).encode()


def link(previous: str, entry: AuditEntry, sequence: int, now: datetime, salt: str) -> Record:
    """The record that follows the one whose hash is `previous`."""
    details = canonical({**_who(entry.caller), **entry.details})
    header = {
        "action": entry.action,
        "at": to_micros(now),
        "details": commitment(salt, details),
        "outcome": entry.outcome,
        "policies": list(entry.policies),
        "reasons": list(entry.reasons),
        "sequence": sequence,
        "tenant": entry.tenant,
    }
    if entry.erases:
        header["erases"] = [list(run) for run in runs_of(entry.erases)]
    text = canonical(header)
    return Record(entry.tenant, sequence, record_hash(previous, text), text, salt, details)


def _who(caller: Caller | None) -> Mapping[str, Json]:
    """Who acted, then for whom; the fingerprint stands for all their rights at that time."""
    if caller is None:
        return {"by": []}
    return {"by": [principal.subject for principal in caller.principals], "rights": caller.fingerprint}


def record_hash(previous: str, header: str) -> str:
    """The hash of a record, from that of the one before and its own header."""
    return _sha256("groundwire.audit.record/1", previous, header)


def commitment(salt: str, details: str) -> str:
    """What a header holds of the details."""
    return _sha256("groundwire.audit.details/1", salt, details)


def runs_of(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The runs of consecutive numbers, first and last, in ascending order."""
    first = last = None
    for number in sorted(set(numbers)):
        if first is not None and last is not None and number == last + 1:
            last = number
            continue
        if first is not None and last is not None:
            yield first, last
        first = last = number
    if first is not None and last is not None:
        yield first, last


def _sha256(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
