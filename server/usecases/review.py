"""Flagged answers: kept as cases, listed, and decided by a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import uuid4

from server.access.control import AccessControl, Rights
from server.access.rules import Action
from server.domain import (
    LOCAL_CALLER,
    Caller,
    CaseState,
    Decision,
    DocumentKey,
    Page,
    Passage,
    Resolution,
    Resource,
    ReviewCase,
    Ruling,
    ValidationRequest,
    Verdict,
)
from server.errors import InvalidInput, NotFound
from server.stores.base import Cases, Documents
from server.usecases.paging import checked_size, decode_token, encode_token

RecordStep = Callable[[Caller, ReviewCase], None]

_DEFAULT_PAGE = 20


def unrecorded(caller: Caller, case: ReviewCase) -> None:
    """Leaves the record to whoever asked for the case."""
    del caller, case


@dataclass(frozen=True, slots=True)
class KeepCase:
    """Keeps a flagged answer, with everything the verdict rests on, until a person decides."""

    cases: Cases

    def __call__(self, request: ValidationRequest, verdict: Verdict) -> str:
        """The id of the new case, durable when this returns. Raises StoreFailure."""
        case = ReviewCase(uuid4().hex, request.caller.tenant, datetime.now(UTC), request, verdict)
        self.cases.keep(case)
        return case.case_id


@dataclass(frozen=True, slots=True)
class ListCases:
    """Lists the cases whose evidence the caller may see, newest first."""

    cases: Cases
    documents: Documents
    access: AccessControl

    def __call__(
        self,
        caller: Caller,
        state: CaseState | None = None,
        decision: Decision | None = None,
        page_size: int = 0,
        page_token: str = "",
    ) -> Page[ReviewCase]:
        """At most `page_size` (0: 20) cases in a state and with a decision, or any for None. Raises InvalidInput."""
        limit = checked_size(page_size, _DEFAULT_PAGE)
        rights = self.access.rights(caller, Action.REVIEW)
        before = _moment_and_id(page_token)
        found: list[ReviewCase] = []
        complete = False
        while not complete and len(found) <= limit:
            some = self.cases.page(caller.tenant, state, decision, before, limit + 1)
            found += _visible(some, self.documents, rights)
            complete = len(some) <= limit
            before = None if complete else (some[-1].created_at, some[-1].case_id)
        items = tuple(found[:limit])
        more = len(found) > limit
        return Page(items, encode_token(items[-1].created_at.isoformat(), items[-1].case_id) if more else "")


@dataclass(frozen=True, slots=True)
class GetCase:
    """Returns one case, and records that it did."""

    cases: Cases
    documents: Documents
    access: AccessControl
    record: RecordStep = unrecorded

    def __call__(self, caller: Caller, case_id: str) -> ReviewCase:
        """The case. Raises NotFound, also for another tenant's case, and for one whose evidence the caller may not see."""
        case = _seen(self.cases, self.documents, self.access, caller, case_id)
        self.record(caller, case)
        return case


@dataclass(frozen=True, slots=True)
class ResolveCase:
    """Records what a person decided; a ruling is final."""

    cases: Cases
    documents: Documents
    access: AccessControl

    def __call__(self, caller: Caller, case_id: str, ruling: Ruling) -> ReviewCase:
        """The case with its ruling. Raises InvalidInput, NotFound, and StateConflict when it was resolved before.

        An identified caller rules under its own name, or that of the user whom it acts for, whatever the ruling says.
        """
        if not ruling.reviewer.strip():
            raise InvalidInput("reviewer", "is empty; name the person who decided")
        corrected = ruling.resolution is Resolution.CORRECTED
        if corrected != bool(ruling.corrected_answer.strip()):
            problem = (
                "is empty, but the resolution is CORRECTED" if corrected else "is only for the resolution CORRECTED"
            )
            raise InvalidInput("corrected_answer", problem)
        _seen(self.cases, self.documents, self.access, caller, case_id)
        if caller != LOCAL_CALLER:
            ruling = replace(ruling, reviewer=caller.principals[-1].subject)
        return self.cases.resolve(caller, case_id, ruling)


def _seen(cases: Cases, documents: Documents, access: AccessControl, caller: Caller, case_id: str) -> ReviewCase:
    case = cases.get(caller.tenant, case_id)
    if not _visible([case], documents, access.rights(caller, Action.REVIEW)):
        raise NotFound("case", case_id)
    return case


def _visible(cases: Sequence[ReviewCase], documents: Documents, rights: Rights) -> list[ReviewCase]:
    """Those of the cases all of whose evidence the caller may see, as it was and as it is: what was open may not be any more."""
    keys = dict.fromkeys(_key(case, each) for case in cases for each in case.verdict.passages)
    now = documents.attributes(list(keys))

    def is_seen(case: ReviewCase, passage: Passage) -> bool:
        key = _key(case, passage)
        present = (now[key],) if key in now else ()
        versions = (passage.attributes, *present)
        return all(rights.allows(Resource.of(key.tenant, key.collection, each)) for each in versions)

    return [case for case in cases if all(is_seen(case, each) for each in case.verdict.passages)]


def _key(case: ReviewCase, passage: Passage) -> DocumentKey:
    return DocumentKey(case.tenant, passage.collection, passage.document_id)


def _moment_and_id(token: str) -> tuple[datetime, str] | None:
    position = decode_token(token, parts=2)
    if position is None:
        return None
    try:
        return datetime.fromisoformat(position[0]), position[1]
    except ValueError as error:
        raise InvalidInput("page_token", "is not one that this list returned") from error
