"""The one place that says whether a query may see a document: before the search on columns, after it on the record.

A predicate holds for a document when every one of its conditions does. Evaluated on a tenant's columns it yields the chunks
that a search may rank at all; evaluated again on each hit's record, it catches whatever changed in between. Both forms are
written side by side, condition by condition, and must agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from server.access.control import Rights
from server.domain import Filter, Query
from server.stores.base import PassageRecord
from server.stores.index.columns import Columns
from server.stores.moments import to_micros


@dataclass(frozen=True, slots=True)
class Predicate:
    """What one query may see.

    Only documents that the caller's `rights` allow, that satisfy `filter`, are valid at `as_of`, and were observed no longer
    than `max_age` before it; None for `max_age` sets no limit. A document observed at an unknown time counts as observed when
    it was stored.
    """

    rights: Rights
    filter: Filter
    as_of: datetime
    max_age: timedelta | None = None

    @classmethod
    def of(cls, query: Query, rights: Rights, now: datetime) -> Predicate:
        """The predicate of a query asked at `now`, which is also the time it asks about unless it names another."""
        return cls(rights, query.filter, _utc(query.as_of or now), query.max_age)

    def allowed(self, columns: Columns) -> NDArray[np.intp] | None:
        """Rows of the tenant's own columns, ascending, or None when every live row is allowed.

        Where the caller may read few, the time depends on these alone, and not on what else there is.
        """
        few = self.rights.few_rows(columns, decide_all=self.filter == Filter())
        if few is not None:
            return few[self._meeting(columns, columns.entry_of[few])].astype(np.intp)
        entries = self.rights.among(columns, self._meeting(columns, slice(None)))
        return None if np.array_equal(entries, columns.live) else np.flatnonzero(columns.rows(entries))

    def _meeting(self, columns: Columns, entries: NDArray[np.int32] | slice) -> NDArray[np.bool_]:
        """Which of some entries are there and meet every condition but the caller's rights."""
        as_of = to_micros(self.as_of)
        meeting = columns.live[entries] & (columns.valid_from[entries] <= as_of)
        meeting &= as_of < columns.valid_until[entries]
        for field, values in _alternatives(self.filter):
            meeting &= columns.having(field, values, entries)
        for name, value in self.filter.metadata.items():
            meeting &= columns.having(f"metadata:{name}", [value], entries)
        if self.max_age is not None:
            # In microseconds, since a date so long ago may not exist.
            meeting &= columns.observed_at[entries] >= as_of - self.max_age // timedelta(microseconds=1)
        return meeting

    def holds(self, record: PassageRecord) -> bool:
        """Whether the query may see the document that a passage was read from."""
        attributes, conditions = record.attributes, self.filter
        observed_at = attributes.observed_at or record.stored_at
        return (
            all(self.rights.allows(resource) for resource in record.resources)
            and _one_of(conditions.collections, (record.key.collection,))
            and _one_of(conditions.document_ids, (record.key.document_id,))
            and _one_of(conditions.types, (record.type,))
            and _one_of(conditions.regions, (attributes.region,))
            and _one_of(conditions.labels, attributes.labels)
            and _one_of(conditions.entity_keys, attributes.entity_keys)
            and all(attributes.metadata.get(name) == value for name, value in conditions.metadata.items())
            and attributes.validity.covers(self.as_of)
            and (self.max_age is None or self.as_of - _utc(observed_at) <= self.max_age)
        )


def _alternatives(conditions: Filter) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The conditions that hold when a field has one of several values, those left empty aside."""
    fields = (
        ("collection", conditions.collections),
        ("document_id", conditions.document_ids),
        ("type", conditions.types),
        ("region", conditions.regions),
        ("label", conditions.labels),
        ("entity_key", conditions.entity_keys),
    )
    return ((field, values) for field, values in fields if values)


def _one_of(wanted: tuple[str, ...], present: tuple[str, ...]) -> bool:
    return not wanted or not set(wanted).isdisjoint(present)


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
