from __future__ import annotations

import pytest

from server.domain import CaseState, Decision, Resolution, Ruling, ValidationRequest, Verdict
from server.errors import InvalidInput, NotFound
from server.stores.store import Store
from server.usecases.review import GetCase, KeepCase, ListCases, ResolveCase
from tests.fakes import ACME, OPEN

REQUEST = ValidationRequest(ACME, "The otter flies.")
VERDICT = Verdict(Decision.ROUTE_TO_HUMAN, 0.2, 0.0, 1.0, (), ())


def test_a_kept_case_can_be_read_and_resolved(store: Store) -> None:
    """It holds the request and the verdict, and then the ruling."""
    case_id = KeepCase(store.cases)(REQUEST, VERDICT)
    case = GetCase(store.cases, store.documents, OPEN)(ACME, case_id)
    assert (case.request, case.verdict, case.state) == (REQUEST, VERDICT, CaseState.OPEN)
    resolved = ResolveCase(store.cases, store.documents, OPEN)(
        ACME, case_id, Ruling(Resolution.REJECTED, "ann@example.org")
    )
    assert resolved.state is CaseState.RESOLVED
    assert GetCase(store.cases, store.documents, OPEN)(ACME, case_id) == resolved


def test_listing_goes_on_where_the_page_ended(store: Store) -> None:
    """Every case is listed once, newest first, and the last page has no token."""
    kept = [KeepCase(store.cases)(REQUEST, VERDICT) for _ in range(5)]
    list_cases, seen, token = ListCases(store.cases, store.documents, OPEN), [], ""
    for expected in (2, 2, 1):
        page = list_cases(ACME, CaseState.OPEN, page_size=2, page_token=token)
        assert len(page.items) == expected
        seen += [case.case_id for case in page.items]
        token = page.next_page_token
    assert (token, sorted(seen)) == ("", sorted(kept))


@pytest.mark.parametrize("token", ["x", "!!", "WyJhIl0", "WyJhIiwiYiJd", "WzEsMl0", "é"])
def test_what_is_no_page_token_is_refused(store: Store, token: str) -> None:
    """Whatever was sent, the message says what to send."""
    with pytest.raises(InvalidInput, match="page_token: is not one that this list returned"):
        ListCases(store.cases, store.documents, OPEN)(ACME, page_token=token)


@pytest.mark.parametrize("size", [-1, 1001])
def test_a_page_size_out_of_range_is_refused(store: Store, size: int) -> None:
    """The message names the limits."""
    with pytest.raises(InvalidInput, match=r"must be from 0 .* to 1000"):
        ListCases(store.cases, store.documents, OPEN)(ACME, page_size=size)


@pytest.mark.parametrize(
    ("ruling", "field"),
    [
        (Ruling(Resolution.APPROVED, " "), "reviewer"),
        (Ruling(Resolution.CORRECTED, "ann@example.org"), "corrected_answer"),
        (Ruling(Resolution.APPROVED, "ann@example.org", corrected_answer="The otter swims."), "corrected_answer"),
    ],
)
def test_a_ruling_that_does_not_fit_together_is_refused(store: Store, ruling: Ruling, field: str) -> None:
    """A person is named, and a correction is given exactly when there is one."""
    case_id = KeepCase(store.cases)(REQUEST, VERDICT)
    with pytest.raises(InvalidInput) as caught:
        ResolveCase(store.cases, store.documents, OPEN)(ACME, case_id, ruling)
    assert caught.value.field == field


def test_an_unknown_case_is_not_found(store: Store) -> None:
    """The message names it."""
    with pytest.raises(NotFound, match="no case 'nope'"):
        GetCase(store.cases, store.documents, OPEN)(ACME, "nope")
