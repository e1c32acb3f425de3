"""Checks an audit chain without trusting whoever kept it: only a public key, and heads that were put aside before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.access.signing import PublicKeys
from server.stores.canonical import canonical
from server.stores.chain import GENESIS, Head, Record, commitment, record_hash


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a chain, and at which record (0: with the chain as a whole)."""

    sequence: int
    message: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What a check found in one tenant's chain; `erased` counts records whose details were erased, and rightly so."""

    tenant: str
    records: int
    erased: int
    problems: tuple[Problem, ...]


def check_chain(
    tenant: str, records: Iterable[Record], head: Head | None, keys: PublicKeys, witnesses: Sequence[Head] = ()
) -> Findings:
    """Everything that is wrong with a chain, its records in the order of their sequence numbers.

    `head` is the one kept beside the chain, and must be signed by one of `keys` over its last record. `witnesses` are heads of this
    or other tenants that were put aside earlier: what they have seen must still be in the chain.
    """
    own = [witness for witness in witnesses if witness.tenant == tenant]
    walk = _Walk(tenant, {witness.sequence: witness.hash for witness in own})
    problems = [problem for record in records for problem in walk.step(record)]
    problems += walk.erasures()
    problems += _head_problems(tenant, head, walk, keys)
    for witness in own:
        problems += _signature_problems(witness, keys)
        if witness.sequence > walk.sequence:
            problems.append(
                Problem(
                    0, f"ends at record {walk.sequence}; a head put aside earlier has seen record {witness.sequence}"
                )
            )
    return Findings(tenant, walk.records, len(walk.without_details & walk.erased), tuple(problems))


class _Walk:
    """Goes along a chain, and remembers what the rest of the check needs."""

    def __init__(self, tenant: str, seen: Mapping[int, str]) -> None:
        self._tenant = tenant
        self._seen = seen
        self.records = 0
        self.sequence = 0
        self.hash = GENESIS
        self.without_details: set[int] = set()
        self.erased: set[int] = set()

    def step(self, record: Record) -> Iterator[Problem]:
        at = record.sequence
        if at != self.sequence + 1:
            yield Problem(at, _out_of_place(self.sequence, at))
        if record.hash != record_hash(self.hash, record.header):
            yield Problem(at, "its hash is not that of its header and of the record before it")
        if self._seen.get(at, record.hash) != record.hash:
            yield Problem(at, "is not the record that a head put aside earlier has seen here")
        header = _header(record)
        if header is None or (header.get("tenant"), header.get("sequence")) != (self._tenant, at):
            yield Problem(at, "its header is of another record, or no header at all")
        if record.tenant != self._tenant:
            yield Problem(at, f"is filed under the tenant {record.tenant!r}")
        yield from self._details(record, header or {})
        # Going on from what is stored, so that one wrong record is one finding and not one for each that follows.
        self.records, self.sequence, self.hash = self.records + 1, at, record.hash

    def _details(self, record: Record, header: Mapping[str, Any]) -> Iterator[Problem]:
        self.erased.update(_erased(header, record.sequence))
        if record.details is None and record.salt is None:
            self.without_details.add(record.sequence)
        elif record.details is None or record.salt is None:
            yield Problem(record.sequence, "only a part of its details was erased")
        elif commitment(record.salt, record.details) != header.get("details"):
            yield Problem(record.sequence, "its details are not those that its header was made for")

    def erasures(self) -> Iterator[Problem]:
        for sequence in sorted(self.without_details - self.erased):
            yield Problem(sequence, "its details are gone, and no record says that they were erased")
        present = self.erased - self.without_details
        for sequence in sorted(number for number in present if number <= self.sequence):
            yield Problem(sequence, "its details were erased, and are there again")


def _head_problems(tenant: str, head: Head | None, walk: _Walk, keys: PublicKeys) -> Iterator[Problem]:
    if head is None:
        yield Problem(0, "has no signed head, so that nothing shows whether it was cut off")
        return
    if head.tenant != tenant:
        yield Problem(0, f"its head is that of the tenant {head.tenant!r}")
    if (head.sequence, head.hash) != (walk.sequence, walk.hash):
        yield Problem(0, f"ends at record {walk.sequence}, and its head is that of record {head.sequence}")
    yield from _signature_problems(head, keys)


def _signature_problems(head: Head, keys: PublicKeys) -> Iterator[Problem]:
    try:
        signature = bytes.fromhex(head.signature)
    except ValueError:
        signature = b""
    if signature.hex() != head.signature:
        yield Problem(0, f"the head of record {head.sequence} has a signature that is no lower-case hexadecimal")
    elif why := keys.verify(head.key_id, signature, head.statement):
        yield Problem(0, f"the head of record {head.sequence} is {why}")


def _out_of_place(before: int, at: int) -> str:
    if at <= before:
        return f"stands after record {before}"
    missing = f"record {before + 1} is" if at == before + 2 else f"records {before + 1} to {at - 1} are"
    return f"{missing} missing before it"


def _header(record: Record) -> Mapping[str, Any] | None:
    try:
        header = json.loads(record.header)
    except ValueError:
        return None
    return header if isinstance(header, dict) and canonical(header) == record.header else None


def _erased(header: Mapping[str, Any], before: int) -> Iterator[int]:
    for run in header.get("erases", ()):
        if isinstance(run, list) and len(run) == 2 and all(isinstance(number, int) for number in run):
            yield from range(run[0], min(run[1] + 1, before))
