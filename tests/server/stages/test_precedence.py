"""Passages that disagree are ranked by the first criterion of the policy in which they are different."""

from __future__ import annotations

from datetime import UTC, datetime

from server.domain import Attributes, Passage, Trust, Validity
from server.stages.precedence import outranks

ALL = ("trust", "validity", "recency")
SPRING, AUTUMN = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)


def passage(**attributes: object) -> Passage:
    """A passage with these attributes."""
    return Passage("p", "It lasts 9 hours.", attributes=Attributes(**attributes))  # type: ignore[arg-type]


def test_trust_comes_first() -> None:
    """An authority outranks what anybody may have written, however new that is."""
    authority, upload = passage(trust=Trust.AUTHORITATIVE), passage(trust=Trust.UNTRUSTED, observed_at=AUTUMN)
    assert "trusted" in outranks(authority, upload, ALL)
    assert not outranks(upload, authority, ALL)


def test_a_policy_may_put_recency_first() -> None:
    """The order is the policy's."""
    authority, upload = passage(trust=Trust.AUTHORITATIVE), passage(trust=Trust.UNTRUSTED, observed_at=AUTUMN)
    assert "observed later" in outranks(upload, authority, ("recency", "trust"))


def test_of_equal_trust_what_holds_from_later_outranks() -> None:
    """And what says no time is older than what does."""
    assert outranks(passage(validity=Validity(start=AUTUMN)), passage(validity=Validity(start=SPRING)), ALL)
    assert outranks(passage(validity=Validity(start=SPRING)), passage(observed_at=AUTUMN), ALL)


def test_equals_do_not_outrank_each_other() -> None:
    """Nothing is said then."""
    assert not outranks(passage(), passage(), ALL)
