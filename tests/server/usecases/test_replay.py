"""A verdict, given again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from server.deadline import Deadline
from server.domain import (
    Attributes,
    Caller,
    Decision,
    Filter,
    Passage,
    Query,
    Retrieval,
    ReviewCase,
    ValidationRequest,
    Validity,
    Verdict,
)
from server.errors import NotFound
from server.models.base import EntailmentModel
from server.stages.policy import load_policies
from server.usecases.replay import ReplayVerdict
from server.usecases.validate import ValidateAnswer, without_case
from tests.fakes import ACME
from tests.fakes_entailment import FixedEntailment, OverlapEntailment

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
UNTIL_EVENING = Attributes(validity=Validity(end=NOON + timedelta(hours=6)))
BATTERY = Passage("p1", "On Low the battery lasts 11 hours.", document_id="manual", attributes=UNTIL_EVENING)
ANSWER = "On Low the battery lasts 11 hours."


@dataclass(frozen=True)
class Found:
    """Retrieval that finds a text."""

    text: str

    def __call__(self, query: Query, deadline: Deadline) -> Retrieval:
        return Retrieval((replace(BATTERY, text=self.text),), 9, 7)


def validate(now: datetime, model: EntailmentModel | None = None, finds: str = BATTERY.text) -> ValidateAnswer:
    """Validation at some time, with what retrieval finds then."""
    return ValidateAnswer(model or OverlapEntailment(), Found(finds), without_case, load_policies(), now=lambda: now)


def case(request: ValidationRequest) -> ReviewCase:
    """The case of a request that was judged at noon."""
    return ReviewCase("c1", "acme", NOON, request, validate(NOON)(request))


def replayed(
    request: ValidationRequest, later: ValidateAnswer, *, retrieve_again: bool = False
) -> tuple[Verdict, Verdict]:
    """The verdict at noon, and when it is given again."""
    kept = case(request)
    before, after = ReplayVerdict(later, lambda *_: kept).of_case(ACME, "c1", retrieve_again=retrieve_again)
    return replace(before.verdict, timings=()), replace(after, timings=())


GIVEN = ValidationRequest(ACME, ANSWER, passages=(BATTERY,))
RETRIEVED = ValidationRequest(
    ACME, ANSWER, query=Query(ACME, "battery", Filter(entity_keys=("lamp/2",)), min_revision=9)
)


@pytest.mark.parametrize("request_", [GIVEN, RETRIEVED], ids=["given", "retrieved"])
def test_under_the_same_versions_the_verdict_is_the_same(request_: ValidationRequest) -> None:
    """Also when its evidence has expired, or is not found any more."""
    before, after = replayed(request_, validate(NOON + timedelta(days=9), finds="Nothing of the kind."))
    assert (before.decision, before) == (Decision.PASS, after)


def test_another_model_shows_what_it_changes() -> None:
    """On the same evidence."""
    before, after = replayed(GIVEN, validate(NOON, FixedEntailment(0.01, 0.98)))
    assert before.versions.entailment_model != after.versions.entailment_model
    assert before.claims[0].confidence != after.claims[0].confidence


def test_evidence_is_found_anew_when_that_is_asked_for() -> None:
    """A corpus that has changed may support another answer."""
    _, after = replayed(RETRIEVED, validate(NOON, finds="On Low the battery lasts 9 hours."), retrieve_again=True)
    assert after.decision is not Decision.PASS
    assert after.passages[0].text == "On Low the battery lasts 9 hours."


def test_only_who_may_see_a_case_replays_it() -> None:
    """The case is looked for in the caller's name."""

    def get(caller: Caller, case_id: str) -> ReviewCase:
        raise NotFound("case", f"{case_id} for {caller.subject}")

    with pytest.raises(NotFound, match="c1 for ann"):
        ReplayVerdict(validate(NOON), get).of_case(ACME, "c1")
