"""Reading, listing and deleting stored documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain import Caller, Deletion, DocumentKey, DocumentVersion, Page, StoredDocument
from server.errors import InvalidInput
from server.stores.base import Documents
from server.usecases.paging import checked_size, decode_token, encode_token

_DEFAULT_PAGE = 50


@dataclass(frozen=True, slots=True)
class DeleteDocuments:
    """Removes documents for good, with every version; afterwards nothing retrieves or returns them."""

    documents: Documents

    def __call__(self, keys: Sequence[DocumentKey]) -> Deletion:
        """Delete in one commit: all that are there, or none if it fails with StoreFailure."""
        return self.documents.delete(keys).result()


@dataclass(frozen=True, slots=True)
class GetDocument:
    """Returns a document as it is stored: text, chunks and attributes."""

    documents: Documents

    def __call__(self, key: DocumentKey, version: int | None = None) -> StoredDocument:
        """One version, counted from 1, or the current one for None. Raises NotFound and InvalidInput."""
        if version is not None and version < 1:
            raise InvalidInput("version", f"is {version}; versions count from 1, and the current one is asked for by 0")
        return self.documents.get(key, version)


@dataclass(frozen=True, slots=True)
class ListDocuments:
    """Lists current document versions by collection and document id."""

    documents: Documents

    def __call__(
        self, caller: Caller, collection: str = "", page_size: int = 0, page_token: str = ""
    ) -> Page[DocumentVersion]:
        """At most `page_size` (0: 50) documents of one collection, or of all for "". Raises InvalidInput."""
        limit = checked_size(page_size, _DEFAULT_PAGE)
        position = decode_token(page_token, parts=2)
        after = None if position is None else (position[0], position[1])
        # One more than asked for, to know whether there is a next page.
        found = self.documents.page(caller.tenant, collection, after, limit + 1)
        items = found[:limit]
        more = len(found) > limit
        return Page(items, encode_token(items[-1].key.collection, items[-1].key.document_id) if more else "")
