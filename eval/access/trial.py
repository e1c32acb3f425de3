"""Trials: the service and the oracle are asked the same, while documents and policies change, and must agree."""

from __future__ import annotations

import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.access.reference import PERMIT, Plain, may_see
from eval.access.world import COLLECTIONS, World
from server.access.control import AccessControl
from server.access.policies import AccessPolicies, parse_access_policies
from server.access.roles import permissions_of
from server.deadline import NEVER, Deadline
from server.domain import (
    Attributes,
    Caller,
    Degradation,
    DocumentKey,
    Filter,
    Query,
    RetrievalMode,
    Source,
    UpsertStatus,
    Validity,
)
from server.errors import NotFound
from server.rpc import convert
from server.stores.store import Store, StoreSettings, open_store
from server.usecases.documents import DeleteDocuments, GetDocument, ListDocuments
from server.usecases.ingest import IngestDocuments
from server.usecases.retrieve import RetrievalSettings, RetrievePassages

_CANARY = re.compile(r"canary\d{7}")
_EVERYTHING = 10_000
_OPERATOR_ROLES = ("admin",)


class HashedWords:
    """An embedder without a model: each word has a direction of its own."""

    version = "hashed-words"
    dimension = 32
    degradation: Degradation | None = None

    def embed(self, texts: Sequence[str], deadline: Deadline = NEVER) -> NDArray[np.float32]:
        """One unit row for each text."""
        deadline.check("embedding")
        rows = np.full((len(texts), self.dimension), 1e-3, dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.split():
                row[int.from_bytes(blake2b(word.encode(), digest_size=2).digest(), "little") % self.dimension] += 1
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)

    def count_tokens(self, text: str) -> int:
        """The number of words."""
        return len(text.split())


@dataclass(slots=True)
class Findings:
    """What the trials came to; all but `queries` and `changes` should stay at 0.

    `inverted` counts the queries that searched a tenant whose chunks had an inverted file,
    `foreign` counts canaries in replies to callers who may not see them, `forbidden` documents, `withheld` documents that the
    caller may see and was not shown, `telling` replies that tell forbidden from absent.
    """

    queries: int = 0
    inverted: int = 0
    changes: int = 0
    foreign: int = 0
    forbidden: int = 0
    withheld: int = 0
    telling: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def failures(self) -> int:
        """Everything that should not have happened."""
        return self.foreign + self.forbidden + self.withheld + self.telling


@dataclass(slots=True)
class _InForce:
    """The policies that the service asks for at each call."""

    policies: AccessPolicies

    def __call__(self) -> AccessPolicies:
        return self.policies


def run_trials(queries: int, *, documents: int, seed: int, exact_limit: int = 50_000) -> Findings:
    """Ask the service and the oracle, with writes, deletions and new policies in between.

    `exact_limit` is how many chunks of a tenant are searched exactly before an inverted file takes over.
    """
    with _store(exact_limit) as store:
        trial = _Trial(store, World(seed))
        trial.fill(documents)
        while trial.findings.queries < queries:
            trial.step()
        return trial.findings


@contextmanager
def _store(exact_limit: int = 50_000) -> Iterator[Store]:
    embedder = HashedWords()
    with (
        tempfile.TemporaryDirectory(prefix="groundwire-access-") as folder,
        open_store(
            StoreSettings(Path(folder), exact_limit=exact_limit),
            embedder=embedder.version,
            dimension=embedder.dimension,
        ) as store,
    ):
        yield store


class _Operator:
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
        self._remove(_operator_of(document["tenant"]), [_key(document)])


class _Trial:
    """One world in a store, changed and asked step by step."""

    def __init__(self, store: Store, world: World) -> None:
        self._store = store
        self._world = world
        self._documents: dict[int, dict[str, Any]] = {}
        self._numbers = 0
        self._policies = world.policies()
        self._region = world.server_region()
        self._in_force = _InForce(_parsed(self._policies))
        access = AccessControl(self._in_force, self._region)
        embedder = HashedWords()
        everything = RetrievalSettings(candidates=_EVERYTHING)
        self._retrieve = RetrievePassages(store.passages, embedder, access, everything)
        self._list = ListDocuments(store.documents, access)
        self._get = GetDocument(store.documents, access)
        self._delete = DeleteDocuments(store.documents, access)
        self._operator = _Operator(store)
        self.findings = Findings()

    def fill(self, count: int) -> None:
        """Draw and store the first documents."""
        self._numbers = count
        self._documents = {number: self._world.document(number) for number in range(count)}
        self._operator.put(*self._documents.values())

    def step(self) -> None:
        """Change something, one time in eight, or ask something."""
        chance = self._world.chance.random()
        if chance < 0.08:
            self._put(self._world.chance.randrange(self._numbers))
        elif chance < 0.1:
            self._drop(self._world.chance.randrange(self._numbers))
        elif chance < 0.125:
            self._policies = self._world.policies()
            self._in_force.policies = _parsed(self._policies)
        elif chance < 0.8:
            self._ask()
        elif chance < 0.9:
            self._list_all()
        else:
            self._look_at_one()

    def _put(self, number: int) -> None:
        document = self._world.document(number)
        self._operator.put(document)
        self._documents[number] = document
        self.findings.changes += 1

    def _drop(self, number: int) -> None:
        document = self._documents.pop(number, None)
        if document is not None:
            self._operator.drop(document)
            self.findings.changes += 1

    def _ask(self) -> None:
        chance, caller = self._world.chance, self._world.caller()
        mode, collection = chance.choice(tuple(RetrievalMode)), chance.choice(("", "", *COLLECTIONS))
        filter_ = Filter(collections=(collection,) if collection else ())
        segments = self._store.passages.view(caller["tenant"], 0, NEVER).segments
        inverted = any(segment.dense.inverted is not None for segment in segments)
        self.findings.inverted += inverted
        found = self._retrieve(Query(_caller(caller), "creature otter", filter_, mode, top_k=_EVERYTHING))
        shown = Counter(passage.document_id for passage in found.passages)
        reply = convert.retrieve_response(found)
        # Asked for everything, an inverted file alone leaves out some of it: that is no matter of access.
        complete = not (inverted and mode is RetrievalMode.DENSE)
        self._compare(f"{mode} {collection}", caller, collection, shown, str(reply), complete=complete)

    def _list_all(self) -> None:
        caller, shown, token = self._world.caller(), Counter[str](), ""
        while True:
            page = self._list(_caller(caller), page_size=7, page_token=token)
            shown.update(version.key.document_id for version in page.items)
            token = page.next_page_token
            if not token:
                break
        # A list shows what is stored, whether or not it holds now.
        self._compare("list", caller, "", shown, "", at=0.0)

    def _look_at_one(self) -> None:
        """A document that is there, as somebody who may or may not see it; and deleting one that may not be seen."""
        self.findings.queries += 1
        caller = self._world.caller()
        document = self._documents.get(self._world.chance.randrange(self._numbers))
        if document is None:
            return
        allowed = self._may(caller, document, at=0.0)
        key = replace(_key(document), tenant=caller["tenant"])
        absent = _told(self._get, _caller(caller), replace(key, document_id="absent"))
        told = _told(self._get, _caller(caller), key)
        if allowed:
            self.findings.withheld += document["canary"] not in told
            return
        self.findings.telling += told.replace(document["document_id"], "absent") != absent
        gone = self._delete(_caller(caller), [key])
        never = self._delete(_caller(caller), [replace(key, document_id="absent")])
        self.findings.telling += (len(gone.deleted), gone.revision) != (0, never.revision)

    def _compare(
        self,
        asked: str,
        caller: Plain,
        collection: str,
        shown: Counter[str],
        reply: str,
        at: float | None = None,
        *,
        complete: bool = True,
    ) -> None:
        findings = self.findings
        findings.queries += 1
        expected = {
            document["document_id"]: document
            for document in self._documents.values()
            if (not collection or document["collection"] == collection) and self._may(caller, document, at)
        }
        canaries = {document["canary"] for document in expected.values()}
        foreign = set(_CANARY.findall(reply)) - canaries
        forbidden = set(shown) - expected.keys()
        withheld = expected.keys() - set(shown) if complete else set()
        findings.foreign += len(foreign)
        findings.forbidden += len(forbidden)
        findings.withheld += len(withheld)
        if foreign or forbidden or withheld:
            findings.examples.append(f"{asked}: {caller}: {sorted(forbidden)} shown, {sorted(withheld)} withheld")

    def _may(self, caller: Plain, document: Plain, at: float | None = None) -> bool:
        return may_see(caller, document, self._policies, self._region, time.time() if at is None else at)


def _told(get: GetDocument, caller: Caller, key: DocumentKey) -> str:
    """All that a caller learns from asking for a document."""
    try:
        return get(caller, key).text
    except NotFound as error:
        return f"{error.reason} {error.message} {dict(error.details)}"


def _parsed(policies: Sequence[Any]) -> AccessPolicies:
    return parse_access_policies({"world": "\n".join([PERMIT, *(policy.cedar for policy in policies)])})


def _caller(person: Plain) -> Caller:
    return Caller(
        tenant=person["tenant"],
        subject=person["subject"],
        groups=person["groups"],
        roles=person["roles"],
        permissions=permissions_of(_OPERATOR_ROLES),
        clearance=person["clearance"],
        region=person["region"],
        attributes=person["attributes"],
        on_behalf_of=None if person["user"] is None else _caller(person["user"]),
    )


def _operator_of(tenant: str) -> Caller:
    return Caller(tenant, "operator", ("*",), permissions=permissions_of(_OPERATOR_ROLES), clearance=100)


def _key(document: Plain) -> DocumentKey:
    return DocumentKey(document["tenant"], document["collection"], document["document_id"])


def _source(document: Plain) -> Source:
    until = document["valid_until"]
    return Source(
        key=_key(document),
        content=document["text"].encode(),
        declared_type="text",
        attributes=Attributes(
            entity_keys=document["entity_keys"],
            labels=document["labels"],
            owner=document["owner"],
            readers=document["readers"],
            clearance=document["clearance"],
            region=document["region"],
            validity=Validity(end=None if until is None else datetime.fromtimestamp(until, UTC)),
        ),
    )


# --- non-interference -----------------------------------------------------------------------------------------


def run_twins(trials: int, *, seed: int) -> int:
    """How often two corpora that differ only in what a caller may not see gave it different replies.

    In each trial the hidden documents get other texts and other attributes, as long as they stay hidden; the caller's replies
    to a retrieval in every mode, a list and a deletion must be the same to the byte, times aside.
    """
    world, different = World(seed), 0
    for _ in range(trials):
        caller, policies = world.caller(), world.policies()
        documents = [world.document(number) for number in range(9)]
        now = time.time()
        twin = []
        for number, document in enumerate(documents):
            hidden = not any(may_see(caller, document, policies, "", at) for at in (0.0, now))
            other = world.document(number)
            still = hidden and not any(may_see(caller, other, policies, "", at) for at in (0.0, now))
            twin.append(other if still else document)
        different += _replies(documents, caller, policies) != _replies(twin, caller, policies)
    return different


def _replies(documents: Sequence[Plain], caller: Plain, policies: Sequence[Any]) -> list[bytes]:
    """The replies to one caller, on a store of its own."""
    with _store() as store:
        operator = _Operator(store)
        # One by one: several at a time may share a commit or not, and a revision counts commits.
        for document in documents:
            operator.put(document)
        access = AccessControl(_InForce(_parsed(policies)))
        retrieve = RetrievePassages(store.passages, HashedWords(), access)
        replies = []
        for mode in RetrievalMode:
            reply = convert.retrieve_response(retrieve(Query(_caller(caller), "creature otter", mode=mode)))
            reply.ClearField("timings")
            replies.append(reply.SerializeToString(deterministic=True))
        for version in ListDocuments(store.documents, access)(_caller(caller)).items:
            message = convert.document_message(version)
            message.ClearField("stored_at")
            replies.append(message.SerializeToString(deterministic=True))
        keys = [replace(_key(document), tenant=caller["tenant"]) for document in documents]
        deletion = DeleteDocuments(store.documents, access)(_caller(caller), keys)
        return [*replies, repr(deletion).encode()]
