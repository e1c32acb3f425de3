"""What the use cases need from storage: documents to write and read, passages to search, cases to keep.

Every method is safe to call from many threads. Whatever a method writes is acknowledged (its future resolves, or it returns)
only when it is both durable and visible to every view taken afterwards. Any method may raise `StoreFailure`, and then nothing
was acknowledged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from server.deadline import Deadline
from server.domain import (
    Attributes,
    Caller,
    CaseState,
    Decision,
    Deletion,
    DocumentKey,
    DocumentVersion,
    Resource,
    ReviewCase,
    Ruling,
    Span,
    StoredChunk,
    StoredDocument,
    UpsertStatus,
)
from server.stores.index.columns import Columns
from server.stores.index.ranking import Ranking


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A document, parsed, chunked and embedded, ready to be stored.

    `vectors` has one unit row for each chunk, or is None when no embedder could make them; `embedder` names the model.
    `fingerprint` identifies everything that decides what is stored: a draft whose fingerprint is the current version's
    changes nothing. `caller` is who stores it, for the audit; None for the server itself.
    """

    key: DocumentKey
    type: str
    content: bytes
    content_hash: str
    text: str
    attributes: Attributes
    chunks: tuple[StoredChunk, ...]
    vectors: NDArray[np.float32] | None
    embedder: str
    chunker: str
    fingerprint: str
    warnings: tuple[str, ...] = ()
    caller: Caller | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What a stored draft became: the version that is now current, and a revision from which every view shows it."""

    status: UpsertStatus
    type: str
    version: int
    chunks: int
    revision: int


@dataclass(frozen=True, slots=True)
class Current:
    """The current version of a document as an upsert compares itself with it, and a revision that shows it."""

    fingerprint: str
    type: str
    version: int
    chunks: int
    revision: int
    attributes: Attributes


@dataclass(frozen=True, slots=True)
class Unembedded:
    """A chunk of a current version that has no vector of the store's embedder, with the text to embed."""

    tenant: str
    chunk_id: int
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a feed, ready to be applied: a draft to store, a document to remove, or nothing where nothing changed."""

    sequence: int
    what: Draft | DocumentKey | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What a step did: whether it changed anything, the document's version since, and how many numbers came between."""

    changed: bool
    version: int
    missing: int


@dataclass(frozen=True, slots=True)
class Advance:
    """What became of each step, None for those that had been applied before; how far the feed is; what shows it."""

    taken: tuple[Taken | None, ...]
    sequence: int
    revision: int


@dataclass(frozen=True, slots=True)
class PassageRecord:
    """A chunk of a document version, as the records have it."""

    chunk_id: int
    key: DocumentKey
    version: int
    type: str
    content_hash: str
    attributes: Attributes
    stored_at: datetime
    chunk: StoredChunk
    superseded_by: Attributes | None = None
    """What the document's current version says of it, if this is an earlier one."""

    @property
    def resources(self) -> tuple[Resource, ...]:
        """What access is decided on: all must be allowed, since what was open once may not be any more."""
        versions = [self.attributes, *([] if self.superseded_by is None else [self.superseded_by])]
        return tuple(Resource.of(self.key.tenant, self.key.collection, attributes) for attributes in versions)

    @property
    def observed_at(self) -> datetime:
        """When the document was observed, or, when nobody said so, stored."""
        return self.attributes.observed_at or self.stored_at


class Documents(Protocol):
    """Documents and their versions; each document's upserts and deletions take effect in the order they were called.

    What changes a document enters the audit in the same commit.
    """

    def current(self, keys: Sequence[DocumentKey]) -> Mapping[DocumentKey, Current]:
        """What is stored for each of the keys; documents that are not there are left out."""

    def attributes(self, keys: Sequence[DocumentKey]) -> Mapping[DocumentKey, Attributes]:
        """What is said of the current version of each of the keys; documents that are not there are left out.

        Whether one is there hardly shows in the time.
        """

    def put(self, draft: Draft) -> Future[Written]:
        """Store a draft as its document's current version, superseding the one before in the same commit."""

    def delete(
        self, keys: Sequence[DocumentKey], may: Callable[[Resource], bool], caller: Caller | None = None
    ) -> Future[Deletion]:
        """Remove documents with all their versions, in one commit.

        Keys that are not there are reported as missing, and so are those of documents that `may` refuses.
        """

    def get(self, key: DocumentKey, version: int | None = None) -> StoredDocument:
        """One version of a document, the current one if None. Raises `NotFound`."""

    def page(
        self, tenant: str, collection: str, after: tuple[str, str] | None, size: int
    ) -> tuple[DocumentVersion, ...]:
        """Current versions after (collection, document id) in that order, at most `size`; "" means every collection."""

    def stored_bytes(self, tenant: str) -> int:
        """How many bytes the content of all versions of a tenant's documents has."""

    def forget(self, before: datetime) -> Future[int]:
        """Erase some versions that were superseded before a moment, and count them; 0 says that none is left."""

    def unembedded(self, after: int, size: int) -> tuple[Unembedded, ...]:
        """Chunks without a vector, by ascending chunk id after `after`, at most `size`."""

    def embed(self, tenant: str, chunk_ids: Sequence[int], vectors: NDArray[np.float32]) -> Future[None]:
        """Add the vectors of chunks that had none; chunks that are gone by then are skipped."""


class Feeds(Protocol):
    """How far the feeds of changes have been applied."""

    def position(self, tenant: str, source: str) -> int:
        """The highest number of a source's changes that is applied; 0 before the first."""

    def apply(
        self, caller: Caller, source: str, steps: Sequence[Step], may: Callable[[Resource], bool]
    ) -> Future[Advance]:
        """Take the steps whose numbers are above the position of the caller's tenant, and move it, all in one commit.

        What fails leaves both the documents and the position as they were. Documents that `may` refuses are not removed.
        """


class View(Protocol):
    """One tenant's chunks at one revision, now or at an earlier moment; it never changes, whatever is written meanwhile.

    `allowed` are rows of `columns`, ascending, or None for every live chunk. Rankings are best first, ties in the order of
    writing, and depend on the allowed chunks alone: what is hidden changes neither a score nor a statistic, and the time hardly.
    """

    @property
    def revision(self) -> int:
        """The last committed change that this view holds; 0 for a tenant without documents."""

    @property
    def columns(self) -> Columns:
        """What predicates are evaluated on."""

    def unembedded(self, allowed: NDArray[np.intp] | None) -> int:
        """How many allowed chunks `dense` cannot find, since they have no vector of the store's embedder yet."""

    def dense(self, vector: NDArray[np.float32], allowed: NDArray[np.intp] | None, count: int) -> Ranking:
        """The `count` chunks with the highest cosine to a unit vector."""

    def lexical(self, text: str, allowed: NDArray[np.intp] | None, count: int) -> Ranking:
        """The `count` chunks with the highest BM25 score, of those that share a term with `text`."""


class Passages(Protocol):
    """The searchable side of the store."""

    def view(self, tenant: str, min_revision: int, deadline: Deadline) -> View:
        """The tenant's newest view. Raises `Unavailable` (REVISION_NOT_REACHED) when it stays older than `min_revision`."""

    def view_at(
        self, tenant: str, moment: datetime, may: Callable[[Resource], bool], min_revision: int, deadline: Deadline
    ) -> View:
        """What the newest view would have shown at an earlier moment; slower than `view`, and just as exact.

        At each moment one version of a document counts: the one that was current then, or, before the document was first
        stored, the current one. What is deleted has no past, and neither has a document whose current version `may` refuses.
        Raises as `view` does.
        """

    def read(
        self, tenant: str, chunk_ids: Sequence[int], moment: datetime | None = None
    ) -> Mapping[int, PassageRecord]:
        """The records of chunks in one query, as of a moment (None: now).

        Chunks that are deleted, another tenant's, or of versions that do not count at that moment are left out.
        """

    def texts(self, tenant: str, version_ids: Sequence[int]) -> Mapping[int, str]:
        """The texts of versions; those that are deleted or another tenant's are left out."""

    def text(self, tenant: str, chunk_id: int, span: Span) -> str | None:
        """The text at a span of the document version that a chunk belongs to; None once that is deleted."""


class Cases(Protocol):
    """Flagged answers, kept until a person has ruled and afterwards; a ruling enters the audit in the same commit."""

    def keep(self, case: ReviewCase) -> None:
        """Store a new case."""

    def get(self, tenant: str, case_id: str) -> ReviewCase:
        """One case. Raises `NotFound`."""

    def page(
        self,
        tenant: str,
        state: CaseState | None,
        decision: Decision | None,
        before: tuple[datetime, str] | None,
        size: int,
    ) -> tuple[ReviewCase, ...]:
        """Cases, newest first, that come after the case (created_at, case id) in that order; at most `size`."""

    def resolve(self, caller: Caller, case_id: str, ruling: Ruling) -> ReviewCase:
        """Record a ruling on a case of the caller's tenant. Raises `NotFound`, and `StateConflict` for a resolved case."""
