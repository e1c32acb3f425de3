"""Deadlines are values that are asked before work starts."""

from __future__ import annotations

import math

import pytest

from server.deadline import NEVER, Deadline
from server.errors import DeadlineExceeded


def test_no_deadline_never_passes() -> None:
    """A call without a deadline has all the time there is."""
    NEVER.check("anything")

    assert Deadline.after(None).remaining == math.inf


def test_a_deadline_in_the_past_names_the_work_that_was_not_started() -> None:
    """The error says during what time ran out."""
    with pytest.raises(DeadlineExceeded, match="during embedding"):
        Deadline.after(-1).check("embedding")
