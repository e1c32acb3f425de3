"""What the evidence has a price for, and a claim has for nothing: "express shipping is free" beside "costs 12.95 euros"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from server.domain import FactKind, Span
from server.stages.evidence import terms
from server.stages.facts.reading import read_facts

_FREE = re.compile(
    r"(?i)^(?P<what>[^,;:()]+?)\s+(?:is|are|comes?|ships?|travels?|enters?|gets? in)\s+(?:always\s+|also\s+)?"
    r"(?P<free>(?:for\s+)?free(?:\s+of\s+charge)?(?!\s+(?:of|from|to)\b)|at no (?:extra |additional )?(?:cost|charge)"
    r"|without charge)"
    r"(?=\s*(?:[.,;!]|$|\b(?:for|if|when|with|on|in|by)\b))"
)
_CHARGES = re.compile(r"(?i)\s(?P<charges>costs?|pays?|(?:is|are) charged)\s")
_FOR_NOTHING = re.compile(r"(?i)\bfree\b|\bno (?:extra |additional )?(?:cost|charge|fee)s?\b|\bwithout charge\b")


def charged(claim: str, sentence: str) -> Iterator[tuple[Span, Span]]:
    """Where `claim` has something for nothing, and where `sentence`, which begins with the same thing, charges for it."""
    free, charges = _FREE.match(claim), _CHARGES.search(sentence)
    if not free or not charges or _FOR_NOTHING.search(sentence):
        return
    paid = [
        figure.span
        for figure in read_facts(sentence).figures
        if figure.kind is FactKind.MONEY and figure.value > 0 and figure.span.start >= charges.end("charges")
    ]
    what = terms(free["what"])
    opening = " ".join(sentence.split()[: len(free["what"].split())])
    if paid and what and what in (terms(sentence[: charges.start()]), terms(opening)):
        yield Span(*free.span("free")), paid[0]
