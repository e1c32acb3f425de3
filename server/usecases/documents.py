"""Reading, listing and deleting stored documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from server.access.control import AccessControl, Rights
from server.access.rules import Action
from server.domain import Attributes, Caller, Deletion, DocumentKey, DocumentVersion, Page, Resource, StoredDocument
from server.errors import InvalidInput, NotFound
from server.stores.base import Documents
from server.usecases.paging import checked_size, decode_token, encode_token

MaskStep = Callable[[Caller, StoredDocument], StoredDocument]
MaskVersionStep = Callable[[Caller, DocumentVersion], DocumentVersion]
RecordStep = Callable[[Caller, DocumentVersion], None]

_DEFAULT_PAGE = 50


def unmasked(caller: Caller, document: StoredDocument) -> StoredDocument:
    """The document as it is."""
    del caller
    return document


def unmasked_version(caller: Caller, version: DocumentVersion) -> DocumentVersion:
    """What is known of the document as it is."""
    del caller
    return version


def unrecorded(caller: Caller, version: DocumentVersion) -> None:
    """Leaves the record to whoever asked for the document."""
    del caller, version


@dataclass(frozen=True, slots=True)
class DeleteDocuments:
    """Removes documents for good, with every version; afterwards nothing retrieves or returns them."""

    documents: Documents
    access: AccessControl

    def __call__(self, caller: Caller, keys: Sequence[DocumentKey]) -> Deletion:
        """Delete in one commit: all that the caller may, or none if it fails with StoreFailure.

        Those that it may not are reported like those that are not there.
        """
        return self.documents.delete(keys, self.access.rights(caller, Action.DELETE).allows, caller).result()


@dataclass(frozen=True, slots=True)
class GetDocument:
    """Returns a document as it is stored (text, chunks and attributes), and records that it did."""

    documents: Documents
    access: AccessControl
    mask: MaskStep = unmasked
    record: RecordStep = unrecorded

    def __call__(self, caller: Caller, key: DocumentKey, version: int | None = None) -> StoredDocument:
        """One version, counted from 1, or the current one for None. Raises NotFound and InvalidInput.

        An earlier version is for those who may see both it and the current one: what was open once may not be any more.
        """
        if version is not None and version < 1:
            raise InvalidInput("version", f"is {version}; versions count from 1, and the current one is asked for by 0")
        rights = self.access.rights(caller, Action.READ)
        # Before the text is read, and with a decision in any case: how long the answer takes should not tell what is forbidden
        # from what is absent.
        attributes = self.documents.attributes([key]).get(key)
        allowed = rights.allows(Resource.of(key.tenant, key.collection, attributes or Attributes()))
        if attributes is None or not allowed:
            raise _absent(key, version)
        try:
            document = self.documents.get(key, version)
        except NotFound:
            raise _absent(key, version) from None
        if not _visible(document.version, rights):
            raise _absent(key, version)
        self.record(caller, document.version)
        return self.mask(caller, document)


@dataclass(frozen=True, slots=True)
class ListDocuments:
    """Lists current document versions by collection and document id, as the caller may read them."""

    documents: Documents
    access: AccessControl
    mask: MaskVersionStep = unmasked_version

    def __call__(
        self, caller: Caller, collection: str = "", page_size: int = 0, page_token: str = ""
    ) -> Page[DocumentVersion]:
        """At most `page_size` (0: 50) documents of one collection, or of all for "". Raises InvalidInput."""
        limit = checked_size(page_size, _DEFAULT_PAGE)
        position = decode_token(page_token, parts=2)
        after = None if position is None else (position[0], position[1])
        rights = self.access.rights(caller, Action.READ)
        found: list[DocumentVersion] = []
        complete = False
        # One more than asked for, to know whether there is a next page.
        while not complete and len(found) <= limit:
            some = self.documents.page(caller.tenant, collection, after, limit + 1)
            found += [version for version in some if _visible(version, rights)]
            complete = len(some) <= limit
            after = None if complete else (some[-1].key.collection, some[-1].key.document_id)
        items = tuple(self.mask(caller, version) for version in found[:limit])
        more = len(found) > limit
        return Page(items, encode_token(items[-1].key.collection, items[-1].key.document_id) if more else "")


def _visible(version: DocumentVersion, rights: Rights) -> bool:
    return rights.allows(Resource.of(version.key.tenant, version.key.collection, version.attributes))


def _absent(key: DocumentKey, version: int | None) -> NotFound:
    """One and the same error for a document that is not there and one that the caller may not see."""
    name = f"{key.collection}/{key.document_id}"
    return NotFound("document", name if version is None else f"{name} version {version}")
