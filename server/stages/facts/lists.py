"""Facts that are listed together: what is said of one of "Monday, Wednesday and Friday" is said of each."""

from __future__ import annotations

import re
from itertools import pairwise

from server.domain import Span
from server.stages.facts.reading import Fact
from server.stages.facts.segments import Segment

_JOINT = re.compile(r"\s*(?:[,;&/]|and|or|,\s*(?:and|or))\s*(?:(?:on|in|at|by|of|the)\s+)*")


def listed_together(segment: Segment, one: Fact, other: Fact) -> bool:
    """Whether both stand in the only list of `segment`, with nothing but commas, "and" or "or" and facts of their kind between.

    Where there is a second list ("in 2019 and 2020 they were 5 and 7"), the first of the one belongs to the first of the other.
    """
    runs = _runs(segment)
    return len(runs) == 1 and {one.span, other.span} <= set(runs[0])


def _runs(segment: Segment) -> list[list[Span]]:
    """The spans of the facts of every list of two or more in a sentence; a row of a table has none."""
    if segment.cells:
        return []
    runs: list[list[Span]] = [[]]
    facts = sorted(segment.facts.all, key=lambda fact: fact.span)
    for fact, following in pairwise(facts):
        between = Span(fact.span.end, max(fact.span.end, following.span.start)).shifted(-segment.span.start)
        if type(fact) is type(following) and _JOINT.fullmatch(between.of(segment.text)):
            runs[-1] = [*(runs[-1] or [fact.span]), following.span]
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]
