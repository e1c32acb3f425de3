"""Audit chains as JSON Lines, to check or keep elsewhere: for each tenant its signed head, then its records in order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain, groupby

from server.stores import serial
from server.stores.audit import Chains
from server.stores.chain import Head, Record


def exported(chains: Chains, tenants: Iterable[str]) -> Iterator[str]:
    """The lines for some tenants."""
    for tenant in tenants:
        yield from exported_heads(chains, (tenant,))
        for record in chains.records(tenant):
            yield serial.dumps(record)


def exported_heads(chains: Chains, tenants: Iterable[str]) -> Iterator[str]:
    """The heads alone, which are enough to notice later that a chain was cut or written anew."""
    for tenant in tenants:
        head = chains.head(tenant)
        if head is not None:
            yield serial.dumps(head)


def imported(lines: Iterable[str]) -> Iterator[tuple[str, Head | None, Iterator[Record]]]:
    """What `exported` wrote, tenant by tenant; the records are read while they are taken.

    Raises ValueError with the number of a line that is neither a head nor a record.
    """
    for tenant, group in groupby(_parsed(lines), key=lambda item: item.tenant):
        first = next(group)
        head, before = (first, []) if isinstance(first, Head) else (None, [first])
        rest = chain(before, group)  # noqa: B031 - each of its items is taken once, here or above
        yield tenant, head, (item for item in rest if isinstance(item, Record))


def imported_heads(lines: Iterable[str]) -> tuple[Head, ...]:
    """The heads among what was exported. Raises ValueError as `imported` does."""
    return tuple(item for item in _parsed(lines) if isinstance(item, Head))


def _parsed(lines: Iterable[str]) -> Iterator[Head | Record]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            is_head = "signature" in json.loads(line)
            yield serial.loads(Head, line) if is_head else serial.loads(Record, line)
        except (ValueError, TypeError) as error:
            raise ValueError(f"line {number} is neither a head nor a record: {error}") from error
