"""A thread's worth of questions to a service by all of its callers, and what the oracle says of each answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from threading import Lock
from time import monotonic, time
from typing import Any

import grpc

from eval.access.changes import Changes
from eval.access.findings import Findings, canaries
from eval.access.people import People
from eval.access.reference import Plain, is_served
from eval.access.service import Service
from eval.access.truth import Truth
from eval.access.world import COLLECTIONS, CUSTOMERS, collection_of
from groundwire.v1 import corpus_pb2, evidence_pb2, guard_pb2, retriever_pb2, review_pb2
from groundwire.v1.corpus_pb2_grpc import CorpusStub
from groundwire.v1.guard_pb2_grpc import GuardStub
from groundwire.v1.retriever_pb2_grpc import RetrieverStub
from groundwire.v1.review_pb2_grpc import ReviewStub
from server.deadline import NEVER

_TOP = (10, 100)
_SURELY_ALL = 0.9
"""The share of the passages asked for below which no limit of the service can have left one out."""
_SECONDS = 120.0
_REFUSED = (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED)
_MODES = tuple(mode for mode in evidence_pb2.RetrievalMode.values() if mode)


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply, None if the call failed; everything that the caller got, as bytes; and when it asked and was answered."""

    reply: Any
    code: grpc.StatusCode
    content: bytes
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Trial:
    """What all askers share."""

    served: Service
    truth: Truth
    people: People
    changes: Changes
    findings: Findings
    region: str
    counting: Lock

    def blame(self, example: str, **counts: int) -> None:
        """Count what should not have happened."""
        with self.counting:
            for name, count in counts.items():
                setattr(self.findings, name, getattr(self.findings, name) + count)
            self.findings.examples.append(example)


class Asker:
    """Asks one question after the other over a channel of its own."""

    def __init__(self, trial: Trial, chance: Random, number: int) -> None:
        self._trial = trial
        self._chance = chance
        # Numbers of claims, so that what the entailment model reads for each is known.
        self._claims = iter(range(1 + number * 10_000_000, (number + 1) * 10_000_000))
        self._kinds: tuple[Callable[[int], None], ...] = (
            self._retrieve,
            self._list,
            self._look,
            self._validate,
            self._delete,
        )

    def ask(self, count: int) -> None:
        """Ask `count` questions of callers and kinds at random."""
        with grpc.insecure_channel(
            self._trial.served.address, options=[("grpc.use_local_subchannel_pool", 1)]
        ) as channel:
            self._corpus, self._guard = CorpusStub(channel), GuardStub(channel)
            self._retriever, self._review = RetrieverStub(channel), ReviewStub(channel)
            for _ in range(count):
                kind = self._chance.choices(self._kinds, (66, 12, 12, 6, 4))[0]
                kind(self._chance.randrange(len(self._trial.people.callers)))
                with self._trial.counting:
                    self._trial.findings.queries += 1

    # --- kinds of questions ---------------------------------------------------------------------------------------

    def _retrieve(self, number: int) -> None:
        spec = evidence_pb2.RetrieveSpec(
            query="creature otter", mode=self._chance.choice(_MODES), top_k=self._chance.choice(_TOP)
        )
        collection = self._chance.choice(("", "", *COLLECTIONS))
        if collection:
            spec.collections.append(collection)
        if self._chance.random() < 0.1:
            spec.entity = self._chance.choice(CUSTOMERS)
        caller = self._caller(number)
        inverted = self._is_inverted(caller["tenant"])
        answer = self._call(number, self._retriever.Retrieve, retriever_pb2.RetrieveRequest(spec=spec))
        if answer is None:
            return
        with self._trial.counting:
            self._trial.findings.inverted += inverted
        # Asked for everything, an inverted file alone leaves out some of it: that is no matter of access.
        partial = spec.entity or (inverted and spec.mode == evidence_pb2.RETRIEVAL_MODE_DENSE)
        complete = not partial and len(answer.reply.passages) < _SURELY_ALL * spec.top_k
        expected = self._trial.truth.expected(caller, answer.start, answer.end, now=time(), collection=collection)
        what = f"{evidence_pb2.RetrievalMode.Name(spec.mode)} {spec.entity} in {collection or 'all'}"
        self._compare(what, number, canaries(answer.content), expected.may, expected.must if complete else frozenset())

    def _list(self, number: int) -> None:
        """What is listed is what is stored, whether or not it holds now."""
        request = corpus_pb2.ListDocumentsRequest(page_size=7 + self._chance.randrange(93))
        found, start = set[str](), monotonic()
        while True:
            answer = self._call(number, self._corpus.ListDocuments, request)
            if answer is None:
                return
            found |= canaries(answer.content)
            request.page_token = answer.reply.next_page_token
            if not request.page_token:
                break
        expected = self._trial.truth.expected(self._caller(number), start, answer.end, now=0.0)
        self._compare("list", number, found, expected.may, expected.documents)

    def _look(self, number: int) -> None:
        """At a document, which may be another tenant's; one that may not be seen must look like one that is not there."""
        caller = self._caller(number)
        document_id, collection = self._some_document()
        request = corpus_pb2.GetDocumentRequest(collection=collection, document_id=document_id, include_text=True)
        answer = self._call(number, self._corpus.GetDocument, request)
        if answer is None:
            return
        expected = self._trial.truth.expected(caller, answer.start, answer.end, now=0.0, document_id=document_id)
        self._compare(f"get {document_id}", number, canaries(answer.content), expected.may, expected.must)
        if not expected.may:
            nowhere = "x" + document_id[1:]
            request.document_id = nowhere
            absent = self._call(number, self._corpus.GetDocument, request)
            told = (answer.code, answer.content.replace(document_id.encode(), nowhere.encode()))
            if absent is not None and told != (absent.code, absent.content):
                self._trial.blame(f"get {document_id} by {caller}: {told} but {absent}", telling=1)

    def _validate(self, number: int) -> None:
        caller, claim = self._caller(number), next(self._claims)
        request = guard_pb2.ValidateRequest(answer=f"The otter is a creature of the sort kind-{claim}.")
        request.retrieve.query, request.retrieve.top_k = "creature otter", 10
        answer = self._call(number, self._guard.Validate, request)
        if answer is None:
            return
        expected = self._trial.truth.expected(caller, answer.start, answer.end, now=time())
        self._compare("validate", number, canaries(answer.content), expected.may, frozenset())
        read = canaries(self._trial.served.entailment.given(claim).encode())
        self._compare("what the model read", number, read, expected.may, frozenset())
        if answer.reply.review_case_id:
            self._look_at_case(answer.reply.review_case_id, caller["tenant"], expected.may)

    def _look_at_case(self, case_id: str, tenant: str, may: frozenset[str]) -> None:
        """As somebody of the tenant: it has what its caller could read, and is there for those who may see all its documents."""
        everyone = self._trial.people.callers
        number = self._chance.choice([n for n, other in enumerate(everyone) if other["tenant"] == tenant])
        reviewer = everyone[number]
        people = [reviewer] if reviewer["user"] is None else [reviewer, reviewer["user"]]
        if not all("reviewer" in person["roles"] for person in people):
            return
        answer = self._call(number, self._review.GetCase, review_pb2.GetCaseRequest(case_id=case_id))
        if answer is None:
            return
        truth, found = self._trial.truth, canaries(answer.content)
        known = {c for c in found if truth.may_know(reviewer, truth.with_canary(c), answer.start, answer.end)}
        self._compare("case", number, found, may & known, frozenset())

    def _delete(self, number: int) -> None:
        """A document that may not be seen stays, and its name sounds like that of one which is not there."""
        caller = self._caller(number)
        people = [caller] if caller["user"] is None else [caller, caller["user"]]
        document_id, collection = self._some_document()
        # Nothing changes meanwhile: what is hidden stays so, and is not deleted in earnest.
        with self._trial.changes.lock:
            document, now = self._trial.truth.document(document_id), monotonic()
            writes = all("writer" in person["roles"] for person in people)
            if document is None or not writes or self._trial.truth.may_know(caller, document, now, now):
                return
            request = corpus_pb2.DeleteDocumentsRequest(collection=collection, document_ids=[document_id])
            gone = self._call(number, self._corpus.DeleteDocuments, request)
            request.document_ids[:] = ["x" + document_id[1:]]
            never = self._call(number, self._corpus.DeleteDocuments, request)
        if gone is not None and never is not None and (gone.code, gone.content) != (never.code, never.content):
            self._trial.blame(f"delete {document_id} by {caller}: {gone} but {never}", telling=1)

    # --- answers --------------------------------------------------------------------------------------------------

    def _caller(self, number: int) -> Plain:
        return self._trial.people.callers[number]

    def _some_document(self) -> tuple[str, str]:
        number = self._chance.randrange(self._trial.changes.numbers)
        return f"d{number}", collection_of(number)

    def _is_inverted(self, tenant: str) -> bool:
        segments = self._trial.served.store.passages.view(tenant, 0, NEVER).segments
        return any(segment.dense.inverted is not None for segment in segments)

    def _call(self, number: int, method: Any, request: Any) -> Answer | None:
        """The answer to a caller; None if it is not to be served, and was not."""
        caller = self._caller(number)
        start = monotonic()
        try:
            reply = method(request, metadata=self._trial.people.headers(number), timeout=_SECONDS)
            answer = Answer(reply, grpc.StatusCode.OK, reply.SerializeToString(), start, monotonic())
        except grpc.RpcError as error:
            told = f"{error.details()} {sorted(map(str, error.trailing_metadata() or ()))}".encode()
            answer = Answer(None, error.code(), told, start, monotonic())
        if not is_served(caller, self._trial.region):
            with self._trial.counting:
                self._trial.findings.refused += 1
            if answer.code not in _REFUSED or canaries(answer.content):
                self._trial.blame(f"{caller} was served: {answer}", forbidden=1)
            return None
        if answer.reply is None and answer.code is not grpc.StatusCode.NOT_FOUND:
            self._trial.blame(f"{caller} was not served: {answer}", withheld=1)
            return None
        return answer

    def _compare(self, what: str, number: int, found: set[str], may: frozenset[str], must: frozenset[str]) -> None:
        foreign, withheld = found - may, must - found
        if foreign or withheld:
            example = f"{what} by {self._caller(number)}: {sorted(foreign)} shown, {sorted(withheld)} withheld"
            self._trial.blame(example, foreign=len(foreign), withheld=len(withheld))
