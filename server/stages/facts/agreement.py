"""Whether a figure of the evidence bears out a figure of the claim, contradicts it, or leaves it open."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from enum import Enum, auto

from server.domain import FactKind
from server.stages.facts.figures import Figure
from server.stages.facts.percentages import POINTS, SHARE

_APPROXIMATION = Decimal("0.05")
"""What "about" allows, as a share of the figure."""
_LOOSE = Decimal("0.1")
"""What "about" allows a figure that is rounded to its last digit: "about 3 million" is 2.8 million."""
_ROUND_SCALE = Decimal("0.05")
"""How far a figure with a scale word may be rounded: "2 million" is 2 million, not 1.6."""
_FREQUENCIES = frozenset({"times per day", "times per month"})
_DURATIONS = frozenset({"time", "working time", "months", "nights"})
"""Not convertible into each other, yet each contradicts the others: 10 working days are not 10 days."""
_EXACT = Decimal("1e-9")


class Agreement(Enum):
    """What a figure of the evidence says of one in the claim: it follows, it cannot be, or it may be."""

    BORNE_OUT = auto()
    DIFFERENT = auto()
    OPEN = auto()


def compare_figures(claimed: Figure, found: Figure) -> Agreement:
    """What `found`, in the evidence, says of `claimed`.

    Comparable figures are equal, or `claimed` was fairly rounded from `found` (a claim may be coarser than the evidence, never
    finer), or `found` lies on the side of `claimed` that its bound names. Of others only the bare number can agree.
    A figure of a table in thousands may be told with or without them.
    """
    if found.exponent:
        scaled = _compared(claimed, _times(found, Decimal(1).scaleb(found.exponent)))
        is_written_out = claimed.is_scaled or claimed.is_range or claimed.bound is not None
        if scaled is Agreement.BORNE_OUT or is_written_out:
            return scaled
    return _compared(claimed, found)


def _compared(claimed: Figure, found: Figure) -> Agreement:
    if not comparable(claimed, found):
        return Agreement.BORNE_OUT if same_value(claimed, found) else Agreement.OPEN
    if claimed.unit != found.unit or (claimed.per and found.per and claimed.per != found.per):
        return Agreement.DIFFERENT
    if claimed.is_range or found.is_range:
        return _with_range(claimed, found)
    if claimed.bound or found.bound:
        return _with_bound(claimed, found)
    if _ends_agree(claimed, found):
        return Agreement.BORNE_OUT
    near = found.approximate and abs(claimed.value - found.value) <= abs(found.value) * _LOOSE
    return Agreement.OPEN if near else Agreement.DIFFERENT


def comparable(claimed: Figure, found: Figure) -> bool:
    """Whether the two figures measure the same kind of thing, so that a difference between them is a contradiction."""
    if claimed.ordinal != found.ordinal:
        return False
    if claimed.unit == found.unit:
        return bool(claimed.unit) or not claimed.noun or not found.noun or claimed.noun == found.noun
    return (
        {claimed.unit, found.unit} <= _DURATIONS
        or {claimed.unit, found.unit} <= _FREQUENCIES
        or FactKind.MONEY == claimed.kind == found.kind
    )


def same_value(claimed: Figure, found: Figure) -> bool:
    """Whether a figure without a unit bears out one with, or the other way round ("703,800" in a table, "EUR 703,800" in a claim).

    Percentages are fractions, so a bare 10 as well as 0.1 may stand for 10 %.
    """
    if claimed.unit and found.unit:
        return False
    if claimed.ordinal or found.ordinal or claimed.is_range != found.is_range:
        return False
    if FactKind.QUANTITY in {claimed.kind, found.kind}:
        return not claimed.is_range and claimed.written == found.written != 0 and not (claimed.noun or found.noun)
    if _ends_agree(claimed, found):
        return True
    hundredth = Decimal("0.01")
    if claimed.unit in {SHARE, POINTS}:
        return _ends_agree(claimed, _times(found, hundredth))
    if found.unit in {SHARE, POINTS}:
        return _ends_agree(_times(claimed, hundredth), found)
    return False


def _times(figure: Figure, factor: Decimal) -> Figure:
    other = None if figure.otherwise is None else figure.otherwise * factor
    return replace(
        figure, value=figure.value * factor, high=figure.high * factor, step=figure.step * factor, otherwise=other
    )


def _with_range(claimed: Figure, found: Figure) -> Agreement:
    """A range bears out a bound at its end, and lies around a figure; of another range it says that it is another one."""
    if claimed.is_range and found.is_range:
        return Agreement.BORNE_OUT if _ends_agree(claimed, found) else Agreement.DIFFERENT
    if claimed.is_range:
        inside = not found.bound and claimed.value <= found.value <= claimed.high
        return Agreement.BORNE_OUT if inside else Agreement.DIFFERENT
    if claimed.bound is None:
        return Agreement.DIFFERENT
    end = found.value if claimed.bound.side > 0 else found.high
    if _rounds_to(claimed, claimed.value, end, found):
        return Agreement.BORNE_OUT
    passed = (end - claimed.value) * claimed.bound.side > 0
    return Agreement.BORNE_OUT if passed and not claimed.bound.is_limit else Agreement.DIFFERENT


def _with_bound(claimed: Figure, found: Figure) -> Agreement:
    mine, theirs = claimed.bound, found.bound
    equal = _ends_agree(claimed, found)
    if claimed.is_case and theirs is not None:
        is_inside = _passes(found, claimed.value, theirs.side) or (equal and not theirs.is_strict)
        return Agreement.BORNE_OUT if is_inside else Agreement.DIFFERENT
    if any(bound is not None and bound.is_limit for bound in (mine, theirs)) or (mine and theirs):
        opposite = mine is not None and theirs is not None and mine.side != theirs.side
        return Agreement.BORNE_OUT if equal and not opposite else Agreement.DIFFERENT
    if mine is None:
        beyond = theirs is not None and _passes(found, claimed.value, theirs.side)
        return Agreement.BORNE_OUT if equal else Agreement.OPEN if beyond else Agreement.DIFFERENT
    if _passes(claimed, found.value, mine.side):
        return Agreement.BORNE_OUT
    holds = equal and not (mine.is_strict and claimed.value == found.value)
    return Agreement.BORNE_OUT if holds else Agreement.DIFFERENT


def _passes(bounded: Figure, value: Decimal, side: int) -> bool:
    """Whether `value` lies beyond the bound; "fell by more than 5 %" is borne out by the -8 % of a table."""
    if bounded.falls and value < 0 < bounded.value:
        value = -value
    return (value - bounded.value) * side > 0


def _ends_agree(claimed: Figure, found: Figure) -> bool:
    if claimed.is_range != found.is_range:
        return False
    return _rounds_to(claimed, claimed.value, found.value, found) and _rounds_to(
        claimed, claimed.high, found.high, found
    )


def _rounds_to(claimed: Figure, said: Decimal, true: Decimal, found: Figure) -> bool:
    readings = [said] if claimed.otherwise is None else [said, claimed.otherwise]
    truths = [true] if found.otherwise is None else [true, found.otherwise]
    return any(_close(claimed, one, other, found) for one in readings for other in truths)


def _close(claimed: Figure, said: Decimal, true: Decimal, found: Figure) -> bool:
    if (said < 0) != (true < 0) and said and true:
        # "fell by 5 %" states the -5 % of a table.
        if not (claimed.falls and said > 0) and not (found.falls and true > 0):
            return False
        said, true = abs(said), abs(true)
    gap = abs(said - true)
    if gap <= abs(true) * _EXACT:
        return True
    if claimed.approximate and gap <= abs(true) * (_LOOSE if gap <= claimed.step / 2 else _APPROXIMATION):
        return True
    if claimed.step <= found.step or gap > claimed.step / 2:
        return False
    return gap <= abs(true) * _ROUND_SCALE
