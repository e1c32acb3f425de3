"""Access that is taken away is gone in every process."""

from __future__ import annotations

from eval.freshness.revocation import measure_revocations


def test_two_processes_refuse_what_was_revoked() -> None:
    """By a policy, a client's entry and a document's readers; a change that never takes effect raises."""
    figures = measure_revocations(1)
    assert set(figures.longest) == {"policy", "client", "document"}
    assert all(seconds >= 0 for seconds in figures.longest.values())
