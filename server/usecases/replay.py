"""Reruns a verdict under the versions that are in force now, so that a new model, index or policy shows what it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from server.deadline import NEVER, Deadline
from server.domain import Caller, Retrieval, ReviewCase, ValidationRequest, Verdict
from server.usecases.validate import ValidateAnswer


@dataclass(frozen=True, slots=True)
class Recorded:
    """A verdict as it was asked for: the request, the evidence that it rested on, and when it was made."""

    request: ValidationRequest
    evidence: Retrieval
    validated_at: datetime


@dataclass(frozen=True, slots=True)
class ReplayVerdict:
    """Asks again what was asked before; it keeps no case, issues no receipt, and changes nothing.

    `validate` must not keep cases either; `get_case` finds a case that the caller may see.
    """

    validate: ValidateAnswer
    get_case: Callable[[Caller, str], ReviewCase]

    def of_case(
        self, caller: Caller, case_id: str, *, retrieve_again: bool = False, deadline: Deadline = NEVER
    ) -> tuple[ReviewCase, Verdict]:
        """A case, and the verdict that its question gets now. Raises NotFound, and what validation raises."""
        case = self.get_case(caller, case_id)
        before = Recorded(replace(case.request, caller=caller), evidence_of(case.verdict), case.created_at)
        return case, self.of_record(before, retrieve_again=retrieve_again, deadline=deadline)

    def of_record(self, recorded: Recorded, *, retrieve_again: bool = False, deadline: Deadline = NEVER) -> Verdict:
        """The verdict now, on the evidence of that time, or on what is found now for its query with `retrieve_again`."""
        request = replace(recorded.request, as_of=recorded.request.as_of or recorded.validated_at)
        if request.query is None:
            return self.validate(request, deadline)
        query = replace(request.query, caller=request.caller, min_revision=0)
        request = replace(request, query=query)
        if retrieve_again:
            return self.validate(request, deadline)
        return replace(self.validate, retrieve=lambda *_: recorded.evidence)(request, deadline)


def evidence_of(verdict: Verdict) -> Retrieval:
    """The evidence of a verdict, as retrieval returned it."""
    tokens = sum(passage.tokens for passage in verdict.passages)
    versions = verdict.versions
    return Retrieval(verdict.passages, tokens, versions.index_revision, access_policy=versions.access_policy)
