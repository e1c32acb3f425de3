"""What a statement takes out of what it says, or counts in: "every account except contractors", "contractors included"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from server.domain import Span
from server.stages.evidence import terms

_TAKEN_OUT = re.compile(
    r"(?i)\b(?:except(?:ing)?(?: for)?(?! that\b)|excluding|other than|apart from|aside from|save for"
    r"|with the exception of|but not)\s+"
    r"(?:those (?:of|from|for|who are)\s+)?(?P<what>[^,.;:()]+)"
)
_COUNTED_IN = re.compile(
    r"(?i)(?:\b(?:including|inclusive of|as well as|and also|together with|even)\s+(?P<after>[^.;:()]+)"
    r"|(?P<before>[^,.;:()]+)\s+included\b)"
)
_UNIVERSAL = re.compile(r"(?i)\b(?:all|every|each|any|always|everyone|everybody|everything|no|none|entire|whole)\b")
_SAME_MATTER = 0.75


def excepted(claim: str, evidence: str) -> Iterator[tuple[Span, Span, bool]]:
    """Where `claim` takes out what `evidence` counts in, or the other way round: both places, and whether that is a contradiction.

    A contradiction too is a claim about all where the evidence makes an exception; an exception that the evidence does not make is
    only not found.
    """
    mine, theirs = _TAKEN_OUT.search(claim), _TAKEN_OUT.search(evidence)
    if not mine and not theirs:
        return
    counted_here, counted_there = _COUNTED_IN.search(claim), _COUNTED_IN.search(evidence)
    if mine and counted_there and terms(mine.group("what")) & _named(counted_there):
        yield Span(*mine.span()), Span(*counted_there.span()), True
    elif theirs and counted_here and terms(theirs.group("what")) & _named(counted_here):
        yield Span(*counted_here.span()), Span(*theirs.span()), True
    elif mine and not theirs and _same_matter(claim[: mine.start()] + claim[mine.end() :], evidence):
        if not terms(mine.group("what")) <= terms(evidence):
            yield Span(*mine.span()), Span(0, len(evidence)), False
    elif theirs and not mine and _UNIVERSAL.search(claim):
        rest = evidence[: theirs.start()] + evidence[theirs.end() :]
        taken_up = terms(theirs.group("what")) & terms(claim)
        if _same_matter(claim, rest) and _same_matter(rest, claim) and not taken_up:
            yield Span(0, len(claim)), Span(*theirs.span()), True


def _named(counted: re.Match[str]) -> frozenset[str]:
    return terms(counted.group("after") or counted.group("before") or "")


def _same_matter(text: str, other: str) -> bool:
    """Whether `other` has most of the words of `text`."""
    wanted = terms(text)
    return bool(wanted) and len(wanted & terms(other)) >= _SAME_MATTER * len(wanted)
