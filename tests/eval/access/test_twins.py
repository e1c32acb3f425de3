"""Corpora that differ in what a caller may not see, and a service that would give it away."""

from __future__ import annotations

import pytest

from eval.access.twins import run_twins
from server.access import control


def test_replies_do_not_depend_on_what_is_hidden() -> None:
    """To the byte."""
    assert run_twins(5, seed=1) == 0


def test_a_service_that_does_not_look_is_told_by_its_replies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the fixed rules the hidden documents are in the replies."""
    monkeypatch.setattr(control, "permits", lambda *_: True)
    assert run_twins(3, seed=1) > 0
