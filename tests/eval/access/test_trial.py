"""The service agrees with an oracle that shares no code with it."""

from __future__ import annotations

import pytest

from eval.access import reference, trial
from eval.access.trial import run_trials, run_twins
from server.access import control


@pytest.mark.parametrize("seed", range(3))
def test_every_caller_sees_what_it_may_and_nothing_else(seed: int) -> None:
    """In all modes, while documents and policies change: no canary leaks, and nothing is withheld."""
    findings = run_trials(150, documents=45, seed=seed)
    assert (findings.failures, findings.examples) == (0, [])
    assert findings.queries == 150


def test_replies_do_not_depend_on_what_is_hidden() -> None:
    """To the byte."""
    assert run_twins(5, seed=1) == 0


def test_the_oracle_finds_a_service_that_does_not_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the fixed rules, documents are shown that should not be: the trial can fail."""
    monkeypatch.setattr(control, "permits", lambda *_: True)
    assert run_trials(60, documents=30, seed=0).forbidden > 0


def test_the_oracle_finds_a_service_that_forgets_a_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Likewise."""
    monkeypatch.setattr(trial, "_parsed", lambda _: trial.parse_access_policies({"world": reference.PERMIT}))
    assert run_trials(100, documents=30, seed=0).forbidden > 0
