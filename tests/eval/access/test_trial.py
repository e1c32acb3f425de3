"""The service agrees with an oracle that shares no code with it, and a service that does not look would be found out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eval.access.reference import Policy
from eval.access.trial import run_trials
from eval.access.world import World
from server.access import control
from server.access.masking.masking import Masking


class Unsaid(World):
    """Draws policies that the service is not told of, and callers of one region."""

    def policies(self) -> tuple[Policy, ...]:
        return tuple(replace(policy, cedar="") for policy in super().policies())

    def server_region(self) -> str:
        return ""


@pytest.mark.parametrize(("documents", "exact_limit"), [(45, 50_000), (900, 250)], ids=["exact", "inverted file"])
def test_every_caller_reads_what_it_may_and_nothing_else(documents: int, exact_limit: int) -> None:
    """In all modes, while documents and policies change: no canary leaks, and nothing is withheld."""
    findings = run_trials(120, documents=documents, seed=3, exact_limit=exact_limit)
    assert (findings.failures, findings.examples) == (0, [])
    assert findings.queries == 120
    assert findings.changes > 0
    assert findings.scanned > 100_000


def test_the_oracle_finds_a_service_that_does_not_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the fixed rules, documents are shown that should not be."""
    monkeypatch.setattr(control, "permits", lambda *_: True)
    assert run_trials(60, documents=30, seed=3).foreign > 0


def test_the_oracle_finds_a_service_that_does_not_mask(monkeypatch: pytest.MonkeyPatch) -> None:
    """The canaries of fields are shown."""
    monkeypatch.setattr(Masking, "_rules", lambda *_: ())
    assert run_trials(60, documents=30, seed=3).foreign > 0


def test_the_oracle_finds_a_service_that_forgets_a_policy() -> None:
    """Likewise."""
    assert run_trials(100, documents=30, seed=0, made=Unsaid(0)).foreign > 0
