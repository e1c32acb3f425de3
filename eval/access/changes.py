"""An operator who stores, removes and decides while a service is asked."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from threading import Event, Lock

from eval.access.findings import Findings
from eval.access.reference import PERMIT, Plain
from eval.access.service import HashedWords, Service
from eval.access.truth import Truth
from eval.access.world import World
from server.access.control import AccessControl
from server.access.policies import parse_access_policies
from server.access.roles import permissions_of
from server.domain import Attributes, Caller, DocumentKey, Source, UpsertStatus, Validity
from server.stores.store import Store
from server.usecases.documents import DeleteDocuments
from server.usecases.ingest import IngestDocuments

_QUESTIONS_A_CHANGE = 10
_CHANGES_A_POLICY = 25
_PAUSE = 0.002


class Operator:
    """Brings documents in and removes them: nobody and nothing stops it, on a server of no region."""

    def __init__(self, store: Store) -> None:
        permit = parse_access_policies({"operator": PERMIT})
        access = AccessControl(lambda: permit)
        self._ingest = IngestDocuments(store.documents, HashedWords(), access, lambda *_: None)
        self._remove = DeleteDocuments(store.documents, access)

    def put(self, *documents: Plain) -> None:
        """Store documents; they are there when this returns."""
        for tenant in dict.fromkeys(document["tenant"] for document in documents):
            sources = [_source(document) for document in documents if document["tenant"] == tenant]
            for outcome in self._ingest(_operator_of(tenant), sources):
                assert outcome.status in (UpsertStatus.CREATED, UpsertStatus.UPDATED), outcome

    def drop(self, document: Plain) -> None:
        """Remove a document; it is gone when this returns."""
        self._remove(_operator_of(document["tenant"]), [key_of(document)])


class Changes:
    """Writes, deletions and new policies, one after the other, by an operator whom nobody stops."""

    def __init__(self, served: Service, truth: Truth, world: World, documents: int, findings: Findings) -> None:
        """Stores the first documents."""
        self.lock = Lock()
        self.numbers = documents
        self._served, self._truth, self._world, self._findings = served, truth, world, findings
        self._operator = Operator(served.store)
        first = [world.document(number) for number in range(documents)]
        with ExitStack() as stack:
            for document in first:
                stack.enter_context(truth.storing(document))
            self._operator.put(*first)

    def keep_changing(self, asked: Callable[[], int], done: Event) -> None:
        """One change for some questions, until they are all asked."""
        chance = self._world.chance
        while not done.wait(_PAUSE):
            if asked() <= _QUESTIONS_A_CHANGE * self._findings.changes:
                continue
            with self.lock:
                number = chance.randrange(self.numbers)
                if self._findings.changes % _CHANGES_A_POLICY == _CHANGES_A_POLICY - 1:
                    self._decide_otherwise()
                elif chance.random() < 0.8 or self._truth.document(f"d{number}") is None:
                    self._put(number)
                else:
                    self._drop(number)
            self._findings.changes += 1

    def _decide_otherwise(self) -> None:
        policies = self._world.policies()
        with self._truth.deciding_by(policies):
            self._served.decide_by(policies)

    def _put(self, number: int) -> None:
        document = self._world.document(number)
        with self._truth.storing(document):
            self._operator.put(document)

    def _drop(self, number: int) -> None:
        document = self._truth.document(f"d{number}")
        assert document is not None
        with self._truth.removing(f"d{number}"):
            self._operator.drop(document)


def _operator_of(tenant: str) -> Caller:
    return Caller(tenant, "operator", ("*",), permissions=permissions_of(("admin",)), clearance=100)


def key_of(document: Plain) -> DocumentKey:
    """The key of a document, as the service knows it."""
    return DocumentKey(document["tenant"], document["collection"], document["document_id"])


def _source(document: Plain) -> Source:
    until = document["valid_until"]
    return Source(
        key=key_of(document),
        content=document["text"].encode(),
        declared_type="json" if document["fields"] else "text",
        attributes=Attributes(
            title=document["canary"],
            entity_keys=document["entity_keys"],
            labels=document["labels"],
            owner=document["owner"],
            readers=document["readers"],
            clearance=document["clearance"],
            region=document["region"],
            validity=Validity(end=None if until is None else datetime.fromtimestamp(until, UTC)),
        ),
    )
