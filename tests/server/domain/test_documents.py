"""When what a document says holds."""

from __future__ import annotations

from datetime import UTC, datetime

from server.domain import Validity


def test_validity_includes_its_start_and_not_its_end() -> None:
    """Of two versions that follow each other, exactly one holds at any moment."""
    turn = datetime(2026, 4, 1, tzinfo=UTC)
    old, new = Validity(end=turn), Validity(start=turn)

    assert (old.covers(turn), new.covers(turn)) == (False, True)
