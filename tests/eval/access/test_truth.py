"""What may and must be shown while documents and policies come and go."""

from __future__ import annotations

from math import inf
from time import monotonic

from eval.access.reference import POLICIES
from eval.access.truth import TAKES_EFFECT, Truth
from eval.access.world import World

DOCUMENT = World(0).document(0) | {"tenant": "acme", "document_id": "d", "readers": (), "clearance": 0, "region": ""}
OPEN = DOCUMENT | {"labels": (), "entity_keys": (), "collection": "open", "valid_until": None, "fields": {}}
CALLER = World(0).caller() | {"tenant": "acme", "clearance": 0, "roles": ("reader",), "region": "", "user": None}
DRAFTS = POLICIES[:1]


def shown(truth: Truth, start: float, end: float) -> tuple[int, int]:
    """How many canaries may be shown, and how many must."""
    expected = truth.expected(CALLER, start, end, now=0.0)
    return len(expected.may), len(expected.must)


def test_a_document_may_be_shown_while_it_comes_and_must_be_when_it_is_there() -> None:
    """Before, not at all."""
    truth, before = Truth("", ()), monotonic()
    with truth.storing(OPEN):
        assert shown(truth, before, monotonic()) == (1, 0)
    after = monotonic()
    assert shown(truth, after, after) == (1, 1)
    assert shown(truth, before - 1, before) == (0, 0)


def test_a_version_that_is_replaced_may_be_shown_until_the_other_is_there() -> None:
    """Each has a canary of its own."""
    truth, other = Truth("", ()), OPEN | {"canary": "canary9999999"}
    with truth.storing(OPEN):
        pass
    with truth.storing(other):
        assert shown(truth, monotonic(), monotonic()) == (2, 0)
    after = monotonic()
    assert truth.expected(CALLER, after, after, now=0.0).may == {"canary9999999"}


def test_a_document_that_is_removed_is_not_there() -> None:
    """Nor must it be shown while it goes."""
    truth = Truth("", ())
    with truth.storing(OPEN):
        pass
    with truth.removing("d"):
        assert shown(truth, monotonic(), monotonic()) == (1, 0)
    assert shown(truth, monotonic(), inf) == (0, 0)
    assert truth.document("d") is None


def test_policies_may_take_a_moment() -> None:
    """Then the new ones alone are in force."""
    truth = Truth("", ())
    with truth.storing(OPEN | {"labels": ("draft",)}):
        pass
    with truth.deciding_by(DRAFTS):
        pass
    now = monotonic()
    assert shown(truth, now, now) == (1, 0)
    assert shown(truth, now + 2 * TAKES_EFFECT, now + 2 * TAKES_EFFECT) == (0, 0)
