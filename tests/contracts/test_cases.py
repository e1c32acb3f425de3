"""What every implementation of `server.stores.base.Cases` does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.domain import (
    CaseState,
    Decision,
    Resolution,
    ReviewCase,
    Ruling,
    ValidationRequest,
    Verdict,
)
from server.errors import NotFound, StateConflict
from server.stores.store import Store
from tests.fakes import ACME

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
RULING = Ruling(Resolution.APPROVED, "reviewer@example.org", "checked against the contract")


def _case(
    name: str, minutes: int = 0, decision: Decision = Decision.ROUTE_TO_HUMAN, tenant: str = "acme"
) -> ReviewCase:
    verdict = Verdict(decision, 0.5, 0.0, 1.0, (), ())
    created_at = NOON + timedelta(minutes=minutes)
    return ReviewCase(
        name, tenant, created_at, ValidationRequest(replace(ACME, tenant=tenant), f"answer {name}"), verdict
    )


def test_a_case_comes_back_as_it_was_kept(store: Store) -> None:
    """The whole case survives the round trip."""
    store.cases.keep(_case("a"))
    assert store.cases.get("acme", "a") == _case("a")


def test_another_tenants_case_is_not_found(store: Store) -> None:
    """Absent and foreign read the same."""
    store.cases.keep(_case("a", tenant="other"))
    for name in ("a", "b"):
        with pytest.raises(NotFound, match=f"no case '{name}'"):
            store.cases.get("acme", name)
        with pytest.raises(NotFound):
            store.cases.resolve(ACME, name, RULING)


def test_pages_go_from_the_newest_to_the_oldest(store: Store) -> None:
    """Cases of one moment are told apart by their ids."""
    for name, minutes in (("a", 0), ("b", 2), ("c", 2), ("d", 1)):
        store.cases.keep(_case(name, minutes))
    first = store.cases.page("acme", None, None, None, 2)
    second = store.cases.page("acme", None, None, (first[-1].created_at, first[-1].case_id), 2)
    assert [case.case_id for case in (*first, *second)] == ["c", "b", "d", "a"]


def test_cases_are_filtered_by_state_and_decision(store: Store) -> None:
    """Each filter narrows the list by itself."""
    store.cases.keep(_case("open", 0))
    store.cases.keep(_case("blocked", 1, Decision.BLOCK))
    store.cases.keep(_case("done", 2))
    store.cases.resolve(ACME, "done", RULING)
    assert [case.case_id for case in store.cases.page("acme", CaseState.OPEN, None, None, 9)] == ["blocked", "open"]
    assert [case.case_id for case in store.cases.page("acme", None, Decision.BLOCK, None, 9)] == ["blocked"]
    assert [case.case_id for case in store.cases.page("acme", CaseState.RESOLVED, None, None, 9)] == ["done"]


def test_a_ruling_is_final(store: Store) -> None:
    """The second ruling is refused and changes nothing."""
    store.cases.keep(_case("a"))
    resolved = store.cases.resolve(ACME, "a", RULING)
    with pytest.raises(StateConflict, match="already resolved as APPROVED") as caught:
        store.cases.resolve(ACME, "a", Ruling(Resolution.REJECTED, "somebody else"))
    assert caught.value.reason == "CASE_ALREADY_RESOLVED"
    assert store.cases.get("acme", "a") == resolved
    assert resolved.ruling is not None
    assert resolved.ruling.resolved_at is not None
