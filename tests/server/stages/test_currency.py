"""Evidence that does not hold at the time asked about."""

from __future__ import annotations

from datetime import UTC, datetime

from server.domain import Attributes, Passage, Validity
from server.stages.currency import out_of_date

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def dated(version: int = 0, **attributes: object) -> Passage:
    """A passage of document "d" in the collection "prices"."""
    return Passage("p", "text", "d", "prices", version, attributes=Attributes(**attributes))  # type: ignore[arg-type]


def test_expired_and_future_passages_say_when_they_hold() -> None:
    """The last day on which one was true, and the first on which one will be."""
    ended = dated(validity=Validity(end=datetime(2026, 4, 1, tzinfo=UTC)))
    coming = dated(validity=Validity(start=datetime(2027, 1, 1, tzinfo=UTC)))
    assert out_of_date([ended, coming], NOW) == {
        0: "it was true until 2026-03-31",
        1: "it is true only from 2027-01-01",
    }


def test_an_older_version_is_superseded_by_one_that_holds() -> None:
    """A version that is not valid yet supersedes nothing."""
    coming = dated(3, validity=Validity(start=datetime(2027, 1, 1, tzinfo=UTC)))
    assert out_of_date([dated(1), dated(2)], NOW) == {0: "its version 1 was superseded by version 2"}
    assert set(out_of_date([dated(2), coming], NOW)) == {1}


def test_what_is_older_than_the_policy_takes_is_too_old() -> None:
    """By collection; a passage that does not say when it was observed is not taken."""
    old, fresh = (
        dated(observed_at=datetime(2026, 1, 1, tzinfo=UTC)),
        dated(observed_at=datetime(2026, 5, 30, tzinfo=UTC)),
    )
    assert set(out_of_date([old, fresh, dated()], NOW, {"prices": 30})) == {0, 2}
    assert out_of_date([old, fresh, dated()], NOW, {"news": 30}) == {}
