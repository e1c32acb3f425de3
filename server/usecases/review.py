"""Flagged answers: kept as cases, listed, and decided by a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from server.domain import (
    Caller,
    CaseState,
    Decision,
    Page,
    Resolution,
    ReviewCase,
    Ruling,
    ValidationRequest,
    Verdict,
)
from server.errors import InvalidInput
from server.stores.base import Cases
from server.usecases.paging import checked_size, decode_token, encode_token

_DEFAULT_PAGE = 20


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
    """Lists cases, newest first."""

    cases: Cases

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
        found = self.cases.page(caller.tenant, state, decision, _moment_and_id(page_token), limit + 1)
        items = found[:limit]
        more = len(found) > limit
        return Page(items, encode_token(items[-1].created_at.isoformat(), items[-1].case_id) if more else "")


@dataclass(frozen=True, slots=True)
class GetCase:
    """Returns one case."""

    cases: Cases

    def __call__(self, caller: Caller, case_id: str) -> ReviewCase:
        """The case. Raises NotFound, also for another tenant's case."""
        return self.cases.get(caller.tenant, case_id)


@dataclass(frozen=True, slots=True)
class ResolveCase:
    """Records what a person decided; a ruling is final."""

    cases: Cases

    def __call__(self, caller: Caller, case_id: str, ruling: Ruling) -> ReviewCase:
        """The case with its ruling. Raises InvalidInput, NotFound, and StateConflict when it was resolved before."""
        if not ruling.reviewer.strip():
            raise InvalidInput("reviewer", "is empty; name the person who decided")
        corrected = ruling.resolution is Resolution.CORRECTED
        if corrected != bool(ruling.corrected_answer.strip()):
            problem = (
                "is empty, but the resolution is CORRECTED" if corrected else "is only for the resolution CORRECTED"
            )
            raise InvalidInput("corrected_answer", problem)
        return self.cases.resolve(caller.tenant, case_id, ruling)


def _moment_and_id(token: str) -> tuple[datetime, str] | None:
    position = decode_token(token, parts=2)
    if position is None:
        return None
    try:
        return datetime.fromisoformat(position[0]), position[1]
    except ValueError as error:
        raise InvalidInput("page_token", "is not one that this list returned") from error
