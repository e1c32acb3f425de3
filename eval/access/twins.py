"""Non-interference: what a caller may not see changes nothing in the replies to it, to the byte."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from eval.access.changes import Operator, key_of
from eval.access.reference import MASKS, PERMIT, Plain, Policy, may_see
from eval.access.service import HashedWords
from eval.access.world import CUSTOMERS, World
from server.access.control import AccessControl
from server.access.masking.masking import Masking
from server.access.masking.policy import MaskingPolicy
from server.access.policies import parse_access_policies
from server.access.roles import permissions_of
from server.domain import Caller, Filter, Query, RetrievalMode
from server.errors import NotFound
from server.rpc import convert
from server.stores.store import Store, StoreSettings, open_store
from server.usecases.documents import DeleteDocuments, GetDocument, ListDocuments
from server.usecases.retrieve import RetrievePassages

_DOCUMENTS = 9


def run_twins(trials: int, *, seed: int) -> int:
    """How often two corpora that differ only in what a caller may not see gave it different replies.

    In each trial the hidden documents get other texts, fields and attributes, as long as they stay hidden; the caller's replies
    to a retrieval in every mode and about an entity, a list, a look at every document and a deletion must be the same to the
    byte, times aside.
    """
    world, different = World(seed), 0
    with _opened() as one, _opened() as other:
        for trial in range(trials):
            caller, policies = _of_trial(world.caller(), trial), world.policies()
            documents = [_of_trial(world.document(number), trial) for number in range(_DOCUMENTS)]
            twins = [
                _other(_of_trial(world.document(number), trial), document, caller, policies)
                for number, document in enumerate(documents)
            ]
            told = [
                _replies(store, some, caller_of(caller), policies) for store, some in ((one, documents), (other, twins))
            ]
            different += told[0] != told[1]
    return different


def _of_trial(who_or_what: Plain, trial: int) -> dict[str, Any]:
    """The same in tenants that are new to both stores."""
    user = who_or_what.get("user")
    moved = {**who_or_what, "tenant": f"{who_or_what['tenant']}-{trial}"}
    return moved if user is None else moved | {"user": _of_trial(user, trial)}


def _other(other: Plain, document: Plain, caller: Plain, policies: Sequence[Policy]) -> Plain:
    """Another document in place of one where it makes no difference to the caller."""
    moments = (0.0, time.time())
    seen = any(may_see(caller, each, policies, "", at) for each in (document, other) for at in moments)
    return document if seen else other


@contextmanager
def _opened() -> Iterator[Store]:
    embedder = HashedWords()
    with (
        tempfile.TemporaryDirectory(prefix="groundwire-twins-") as name,
        open_store(StoreSettings(Path(name)), embedder=embedder.version, dimension=embedder.dimension) as store,
    ):
        yield store


def _replies(store: Store, documents: Sequence[Plain], caller: Caller, policies: Sequence[Policy]) -> list[bytes]:
    """The replies to one caller, once the documents are stored."""
    operator = Operator(store)
    # One by one: several at a time may share a commit or not, and a revision counts commits.
    for document in documents:
        operator.put(document)
    return _asked(store, documents, caller, policies)


def _asked(store: Store, documents: Sequence[Plain], caller: Caller, policies: Sequence[Policy]) -> list[bytes]:
    decided = parse_access_policies({"world": "\n".join([PERMIT, *(policy.cedar for policy in policies)])})
    access, embedder = AccessControl(lambda: decided), HashedWords()
    masks = MaskingPolicy.model_validate({"rules": [dict(mask.rule) for mask in MASKS]})
    masking = Masking(masks, b"secret", embedder.count_tokens)
    retrieve = RetrievePassages(store.passages, embedder, access, mask=masking.retrieval)
    get = GetDocument(store.documents, access, masking.document)
    replies = []
    queries = [Query(caller, "creature otter", mode=mode) for mode in RetrievalMode]
    for query in (*queries, Query(caller, "creature", Filter(entity_keys=CUSTOMERS[:1]))):
        reply = convert.retrieve_response(retrieve(query))
        reply.ClearField("timings")
        for field in reply.card.fields:
            field.ClearField("age")
            field.ClearField("observed_at")
        replies.append(reply.SerializeToString(deterministic=True))
    for version in ListDocuments(store.documents, access, masking.version)(caller).items:
        message = convert.document_message(version)
        message.ClearField("stored_at")
        replies.append(message.SerializeToString(deterministic=True))
    keys = [replace(key_of(document), tenant=caller.tenant) for document in documents]
    for key in keys:
        try:
            replies.append(get(caller, key).text.encode())
        except NotFound as error:
            replies.append(f"{error.reason} {error.message} {dict(error.details)}".encode())
    return [*replies, repr(DeleteDocuments(store.documents, access)(caller, keys)).encode()]


def caller_of(person: Plain) -> Caller:
    """A person as the service's caller, with every permission."""
    return Caller(
        tenant=person["tenant"],
        subject=person["subject"],
        groups=person["groups"],
        roles=person["roles"],
        permissions=permissions_of(("admin",)),
        clearance=person["clearance"],
        region=person["region"],
        attributes=person["attributes"],
        on_behalf_of=None if person["user"] is None else caller_of(person["user"]),
    )
