"""What is stored and in force while a service is asked and changed at the same time, as far as an onlooker can know.

A change takes effect at some moment between its beginning and its end. So a question that overlaps a change may be answered as
before it or as after it: a reply may show what any of the possible states permits, and must show what all of them do.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from threading import Lock
from typing import Generic, TypeAlias, TypeVar

from eval.access.reference import Plain, Policy, may_see, readable

Value = TypeVar("Value")
Policies: TypeAlias = Sequence[Policy]

TAKES_EFFECT = 1.0
"""Seconds after which a change of the policies' files must be in force in every process."""
_LONGEST_QUESTION = 120.0


@dataclass(slots=True)
class State(Generic[Value]):
    """A value with the times between which it came, and those between which it went."""

    value: Value
    coming: float
    came: float = inf
    going: float = inf
    went: float = inf

    def possible(self, start: float, end: float) -> bool:
        """Whether it may have been there at some moment between the two."""
        return self.coming <= end and start <= self.went

    def certain(self, start: float, end: float) -> bool:
        """Whether it was there at every moment between the two."""
        return self.came <= start and end <= self.going


@dataclass(frozen=True, slots=True)
class Expected:
    """The canaries that a reply may have, those that it must have, and of the latter those of documents and not of fields."""

    may: frozenset[str]
    must: frozenset[str]
    documents: frozenset[str]


class Truth:
    """The documents and the policies of one server; safe to use from many threads."""

    def __init__(self, region: str, policies: Policies) -> None:
        """A server of a region, with policies in force since always."""
        self._region = region
        self._policies = [State(policies, coming=-inf, came=-inf)]
        self._documents: dict[str, State[Plain]] = {}
        self._replaced: list[State[Plain]] = []
        self._lock = Lock()
        self._by_canary: dict[str, Plain] = {}

    def document(self, document_id: str) -> Plain | None:
        """The newest of a document's versions that was stored, unless it was removed."""
        state = self._documents.get(document_id)
        return None if state is None else state.value

    def with_canary(self, canary: str) -> Plain:
        """The version of a document that a canary is or was in."""
        return self._by_canary[canary]

    @contextmanager
    def storing(self, document: Plain) -> Iterator[None]:
        """The document is stored within the block, in place of the one of the same id."""
        with self._lock:
            for canary in (document["canary"], *document["fields"].values()):
                self._by_canary[canary] = document
        with self._going(document["document_id"]) as began:
            state = State(document, coming=began)
            with self._lock:
                self._documents[document["document_id"]] = state
            yield
            state.came = time.monotonic()

    @contextmanager
    def removing(self, document_id: str) -> Iterator[None]:
        """The document is removed within the block."""
        with self._going(document_id):
            with self._lock:
                del self._documents[document_id]
            yield

    @contextmanager
    def deciding_by(self, policies: Policies) -> Iterator[None]:
        """The policies' files are written within the block."""
        old, began = self._policies[-1], time.monotonic()
        old.going = began
        new = State(policies, coming=began)
        with self._lock:
            self._policies.append(new)
        yield
        old.went = new.came = time.monotonic() + TAKES_EFFECT
        with self._lock:
            self._policies = [state for state in self._policies if state.went > began - _LONGEST_QUESTION]

    def expected(
        self, caller: Plain, start: float, end: float, *, now: float, collection: str = "", document_id: str = ""
    ) -> Expected:
        """What a caller may and must read who asked at `start` and was answered at `end`; validity is that of `now`.

        Of one collection and one document alone, where they are given.
        """
        policies = self._possible(start, end)
        with self._lock:
            states = [*self._documents.values(), *self._replaced]
        may, must, documents = set[str](), set[str](), set[str]()
        for state in states:
            document = state.value
            if (
                document["tenant"] != caller["tenant"]
                or collection not in ("", document["collection"])
                or document_id not in ("", document["document_id"])
                or not state.possible(start, end)
            ):
                continue
            each = [readable(caller, document, some, self._region, now) for some in policies]
            may.update(*each)
            if state.certain(start, end):
                surely = frozenset.intersection(*each)
                must |= surely
                documents |= surely & {document["canary"]}
        return Expected(frozenset(may), frozenset(must), frozenset(documents))

    def may_know(self, caller: Plain, document: Plain, start: float, end: float) -> bool:
        """Whether any policies of that time let a caller see a version of a document, valid or not."""
        return any(may_see(caller, document, some, self._region, 0.0) for some in self._possible(start, end))

    def _possible(self, start: float, end: float) -> list[Policies]:
        with self._lock:
            return [state.value for state in self._policies if state.possible(start, end)]

    @contextmanager
    def _going(self, document_id: str) -> Iterator[float]:
        began = time.monotonic()
        with self._lock:
            old = self._documents.get(document_id)
            if old is not None:
                old.going = began
                self._replaced = [state for state in self._replaced if state.went > began - _LONGEST_QUESTION]
                self._replaced.append(old)
        yield began
        if old is not None:
            old.went = time.monotonic()
