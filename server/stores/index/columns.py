"""What predicates ask about, as columns: one entry for each document version, one row for each chunk.

A condition is evaluated on the entries and then spread over the rows, so that a filter over 100,000 chunks costs some tens of
microseconds. Entry 0 stands for every version that is gone; its rows are never allowed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from server.domain import Attributes, DocumentKey, Resource
from server.stores import chunk_ids as numbering
from server.stores.index.growing import Growing, Scalar
from server.stores.moments import to_micros

DISTANT_PAST = np.iinfo(np.int64).min
DISTANT_FUTURE = np.iinfo(np.int64).max
_GONE = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What predicates may ask about a current document version."""

    version_id: int
    key: DocumentKey
    type: str
    attributes: Attributes
    stored_at: datetime


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """A frozen state of the columns. Times are microseconds since 1970 UTC; an open validity ends in the distant future.

    `live`, `valid_from`, `valid_until` and `observed_at` have one element for each entry, `entry_of` and `chunk_ids` one for
    each row. `observed_at` is the time of storing where the owner gave none. `resource_of` numbers, for each entry, the
    element of `resources` that decisions about access are made on; `resources` may grow, and keeps its numbers.
    """

    chunk_ids: NDArray[np.int64]
    entry_of: NDArray[np.int32]
    live: NDArray[np.bool_]
    valid_from: NDArray[np.int64]
    valid_until: NDArray[np.int64]
    observed_at: NDArray[np.int64]
    resource_of: NDArray[np.int32]
    resources: Sequence[Resource]
    _entries_with: Mapping[tuple[str, str], Growing[np.int32]]

    def entries_with(self, field: str, values: Iterable[str]) -> NDArray[np.bool_]:
        """Which entries have at least one of the values in a field, as a mask.

        Fields: `collection`, `document_id`, `type`, `region`, `label`, `entity_key`, `metadata:NAME`, and `subject`, the first
        of the entity keys.
        """
        mask = np.zeros(len(self.live), dtype=np.bool_)
        for value in values:
            postings = self._entries_with.get((field, value))
            if postings is not None:
                entries = postings.frozen()
                # The writer may have gone on meanwhile: entries ascend, and those past the end are not of this state.
                mask[entries[: np.searchsorted(entries, len(mask))]] = True
        return mask

    def having(self, field: str, values: Iterable[str], entries: NDArray[np.int32] | slice) -> NDArray[np.bool_]:
        """Which of some entries have at least one of the values in a field; takes no time for the others that have it."""
        if isinstance(entries, slice):
            return self.entries_with(field, values)[entries]
        mask = np.zeros(len(entries), dtype=np.bool_)
        for value in values:
            postings = self._entries_with.get((field, value))
            if postings is not None and len(postings):
                found = postings.frozen()
                mask |= found[np.searchsorted(found, entries).clip(max=len(found) - 1)] == entries
        return mask

    def rows(self, entries: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """A mask over the entries, spread over the rows."""
        return entries[self.entry_of]

    def live_rows(self) -> NDArray[np.intp]:
        """The rows whose version is not gone, ascending."""
        return np.flatnonzero(self.rows(self.live))

    def without(self, version_ids: NDArray[np.int64]) -> Columns:
        """The same state without some versions."""
        live = self.live.copy()
        live[self.entry_of[np.isin(numbering.version_ids(self.chunk_ids), version_ids)]] = False
        return replace(self, live=live)

    def followed_by(self, other: Columns) -> Columns:
        """One state of both, the rows and entries of `other` last."""
        first, resources = len(self.live), tuple(self.resources)
        return Columns(
            chunk_ids=np.concatenate([self.chunk_ids, other.chunk_ids]),
            entry_of=np.concatenate([self.entry_of, other.entry_of + np.int32(first)]),
            live=np.concatenate([self.live, other.live]),
            valid_from=np.concatenate([self.valid_from, other.valid_from]),
            valid_until=np.concatenate([self.valid_until, other.valid_until]),
            observed_at=np.concatenate([self.observed_at, other.observed_at]),
            resource_of=np.concatenate([self.resource_of, other.resource_of + np.int32(len(resources))]),
            resources=(*resources, *other.resources),
            _entries_with=_JoinedPostings(self._entries_with, other._entries_with, first),
        )


class _JoinedPostings(Mapping[tuple[str, str], Growing[np.int32]]):
    """The postings of two states, those of the second counted on from `first`."""

    def __init__(
        self,
        one: Mapping[tuple[str, str], Growing[np.int32]],
        other: Mapping[tuple[str, str], Growing[np.int32]],
        first: int,
    ) -> None:
        self._one, self._other, self._first = one, other, first

    def __getitem__(self, name: tuple[str, str]) -> Growing[np.int32]:
        if name not in self._one and name not in self._other:
            raise KeyError(name)
        joined: Growing[np.int32] = Growing(np.int32)
        if name in self._one:
            entries = self._one[name].frozen()
            # The writer may have gone on meanwhile, past the end of the first state.
            joined.extend(entries[: np.searchsorted(entries, self._first)])
        if name in self._other:
            joined.extend(self._other[name].frozen() + self._first)
        return joined

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter({**self._one, **self._other})

    def __len__(self) -> int:
        return len({**self._one, **self._other})


class ColumnWriter:
    """The growing columns of one tenant; used by one thread at a time."""

    def __init__(self) -> None:
        self._chunk_ids = Growing(np.int64)
        self._entry_of = Growing(np.int32)
        self._valid_from = Growing(np.int64)
        self._valid_until = Growing(np.int64)
        self._observed_at = Growing(np.int64)
        self._resource_of = Growing(np.int32)
        self._resources: list[Resource] = []
        self._resource_numbers: dict[Resource, int] = {}
        self._entries_with: dict[tuple[str, str], Growing[np.int32]] = {}
        self._live: NDArray[np.bool_] = np.zeros(0, dtype=np.bool_)
        self._entry_of_version: dict[int, int] = {}
        self._append(Resource(), validity=(DISTANT_FUTURE, DISTANT_PAST), observed_at=DISTANT_PAST, live=False)

    def add_versions(self, versions: Sequence[Facts]) -> None:
        """Add current versions, none of which is there yet."""
        for facts in versions:
            entry = len(self._valid_from)
            attributes = facts.attributes
            start, end = attributes.validity.start, attributes.validity.end
            self._append(
                Resource.of(facts.key.tenant, facts.key.collection, attributes),
                validity=(
                    DISTANT_PAST if start is None else to_micros(start),
                    DISTANT_FUTURE if end is None else to_micros(end),
                ),
                observed_at=to_micros(attributes.observed_at or facts.stored_at),
                live=True,
            )
            self._entry_of_version[facts.version_id] = entry
            for field, value in _indexed(facts):
                self._entries_with.setdefault((field, value), Growing(np.int32)).extend([entry])
        self._live = np.concatenate([self._live, np.ones(len(self._valid_from) - len(self._live), dtype=np.bool_)])

    def add_rows(self, chunk_ids: NDArray[np.int64]) -> None:
        """Add chunks; those whose version is not there are rows that nothing allows."""
        entry_of = self._entry_of_version
        self._chunk_ids.extend(chunk_ids)
        self._entry_of.extend([entry_of.get(version, _GONE) for version in numbering.version_ids(chunk_ids).tolist()])

    def remove_versions(self, version_ids: Iterable[int]) -> None:
        """Let versions go; states frozen before keep them."""
        live = self._live.copy()
        for version_id in version_ids:
            live[self._entry_of_version.pop(version_id, _GONE)] = False
        self._live = live

    def clear(self) -> None:
        """Forget the versions that are gone and drop their rows; states frozen before keep both."""
        rows = self._live[self._entry_of.frozen()]
        kept = self._live.copy()
        kept[_GONE] = True
        renumbered = np.cumsum(kept, dtype=np.int32) - 1
        self._entry_of = _growing(renumbered[self._entry_of.frozen()[rows]])
        self._chunk_ids = _growing(self._chunk_ids.frozen()[rows])
        self._valid_from = _growing(self._valid_from.frozen()[kept])
        self._valid_until = _growing(self._valid_until.frozen()[kept])
        self._observed_at = _growing(self._observed_at.frozen()[kept])
        self._number_resources_anew(kept)
        self._live = self._live[kept]
        postings = {name: renumbered[found[kept[found]]] for name, found in self._postings()}
        self._entries_with = {name: _growing(found) for name, found in postings.items() if len(found)}
        self._entry_of_version = {version: int(renumbered[at]) for version, at in self._entry_of_version.items()}

    def freeze(self) -> Columns:
        """The present state."""
        return Columns(
            chunk_ids=self._chunk_ids.frozen(),
            entry_of=self._entry_of.frozen(),
            live=self._live,
            valid_from=self._valid_from.frozen(),
            valid_until=self._valid_until.frozen(),
            observed_at=self._observed_at.frozen(),
            resource_of=self._resource_of.frozen(),
            resources=self._resources,
            _entries_with=self._entries_with,
        )

    def _postings(self) -> Iterable[tuple[tuple[str, str], NDArray[np.int32]]]:
        return ((name, entries.frozen()) for name, entries in self._entries_with.items())

    def _number_resources_anew(self, kept: NDArray[np.bool_]) -> None:
        """Forget the resources that no kept entry has; states frozen before keep theirs."""
        used, resource_of = np.unique(self._resource_of.frozen()[kept], return_inverse=True)
        self._resource_of = _growing(resource_of.astype(np.int32))
        self._resources = [self._resources[number] for number in used.tolist()]
        self._resource_numbers = {resource: number for number, resource in enumerate(self._resources)}

    def _append(self, resource: Resource, *, validity: tuple[int, int], observed_at: int, live: bool) -> None:
        number = self._resource_numbers.setdefault(resource, len(self._resources))
        if number == len(self._resources):
            self._resources.append(resource)
        self._resource_of.extend([number])
        self._valid_from.extend([validity[0]])
        self._valid_until.extend([validity[1]])
        self._observed_at.extend([observed_at])
        if not live:
            self._live = np.append(self._live, False)


def _growing(values: NDArray[Scalar]) -> Growing[Scalar]:
    growing = Growing(values.dtype.type)
    growing.extend(values)
    return growing


def _indexed(facts: Facts) -> Iterable[tuple[str, str]]:
    yield "collection", facts.key.collection
    yield "document_id", facts.key.document_id
    yield "type", facts.type
    yield "region", facts.attributes.region
    for label in sorted(set(facts.attributes.labels)):
        yield "label", label
    for entity_key in sorted(set(facts.attributes.entity_keys)):
        yield "entity_key", entity_key
    for subject in facts.attributes.entity_keys[:1]:
        yield "subject", subject
    for name, value in facts.attributes.metadata.items():
        yield f"metadata:{name}", value
