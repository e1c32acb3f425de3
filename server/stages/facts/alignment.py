"""How far a fact of the evidence is about the same thing as a fact of the claim, by the words around both.

The score is the weighted share of the claim's words that stand near the fact in the evidence: in its clause or table cell, in its
sentence or row, or in the headings above. It compares the claim with one statement at a time, so other passages change nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from server.domain import Span
from server.stages.claims import Claim
from server.stages.evidence import terms
from server.stages.facts.dates import Moment, is_reckoned
from server.stages.facts.dates import agrees as moments_agree
from server.stages.facts.figures import Figure
from server.stages.facts.identifiers import agrees as identifiers_agree
from server.stages.facts.prefixes import without_prefix
from server.stages.facts.reading import Fact, Facts, read_facts
from server.stages.facts.segments import Segment

NEAR, SAME_STATEMENT, SAME_ROW, CONTEXT = 1.0, 0.85, 0.35, 0.6
"""What a shared word counts by where it stands; a word of another column of the same row counts little."""

_FAR_CLAUSE = 0.4
"""What a word of the claim weighs when another clause separates it from the fact."""
_NAME, _WORD, _BORROWED = 1.5, 1.0, 0.5
_CLAUSE_END = re.compile(r"[;:]|,(?!\d)|\.\s|\s(?:and|but|while|whereas|or|although|though|than)\s|[()]|\s[–—-]\s")
_CAPITALISED = re.compile(r"\b[A-Z][\w'’-]*")
_OUTSIDE = re.compile(
    r"(?i)\b(?:outside(?: of)?|except(?: for)?|excluding|other than|apart from)\s+(?:the\s+)?(?P<what>\w+(?:\s+\w+)?)"
)
_FEW_WORDS = 2
_LIGHT = terms(
    "within per each about around approximately roughly least most only come comes total altogether together any"
    " not no never cannot none"
)
"""Words of measure and denial, which say nothing about what is measured or denied."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim made ready to be compared.

    `text` is its body, which starts at `start` in the answer; `facts` have spans in the answer; `words` is the body with its facts
    blanked out. `own` and `names` are stems of those words, `inherited` those of what introduces the claim, `borrowed` the
    question's, and `asked` is the question itself where the claim is too short to be understood without. `excluded` are stems of
    what the claim is not about ("outside capital cities").
    """

    claim: Claim
    text: str
    start: int
    facts: Facts
    words: str
    own: frozenset[str]
    names: frozenset[str]
    inherited: frozenset[str]
    borrowed: frozenset[str]
    asked: str = ""
    excluded: frozenset[str] = frozenset()

    def weights(self, span: Span) -> dict[str, float]:
        """The stems that say what the fact at `span` is about, weighted by how close to it they stand."""
        near = terms(clause(self.text, span.shifted(-self.start)).of(self.words)) if len(span) else self.own
        # In alphabetical order, since sets have another one in each process, and sums of floats depend on it in their last bit.
        weights = dict.fromkeys(sorted(self.inherited), _FAR_CLAUSE)
        for term in sorted(self.own):
            weight = _NAME if term in self.names else _WORD
            weights[term] = weight if term in near else weight * _FAR_CLAUSE
        if len(weights) < _FEW_WORDS:
            weights.update(dict.fromkeys(sorted(self.borrowed - weights.keys()), _BORROWED))
        return weights


def prepare(claim: Claim, answer: str, question: str, today: date | None = None) -> Statement:
    """The claim's facts and words; a claim of few words borrows the question's ("How long?" "11 hours.").

    Where `today` is given, "last year" in the claim is the year before.
    """
    text = claim.body.of(answer)
    facts = read_facts(text, claim.body.start, today)
    blanked = list(text)
    for span in facts.spans:
        for place in range(span.start - claim.body.start, span.end - claim.body.start):
            blanked[place] = " "
    words = "".join(blanked)
    names = _words(" ".join(_CAPITALISED.findall(words, 1)))
    inherited = _words(claim.statement) - terms(text)
    own = _words(words)
    asked = question if len(own | inherited) < _FEW_WORDS else ""
    excluded = _words(" ".join(match.group("what") for match in _OUTSIDE.finditer(words)))
    return Statement(
        claim, text, claim.body.start, facts, words, own, names, inherited, _words(question), asked, excluded
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(term for term in terms(text) if not term[0].isdigit() and term not in _LIGHT)


def clause(text: str, span: Span) -> Span:
    """The clause of `text` around `span`."""
    start, end = 0, len(text)
    for mark_start, mark_end in _clause_ends(text):
        if mark_end <= span.start:
            start = mark_end
        elif mark_start >= span.end:
            end = mark_start
            break
    return Span(start, max(end, span.end))


@lru_cache(maxsize=4096)
def _clause_ends(text: str) -> tuple[tuple[int, int], ...]:
    return tuple(mark.span() for mark in _CLAUSE_END.finditer(text))


def alignment(statement: Statement, span: Span, segment: Segment, found: Span) -> float:
    """How well the fact at `found` in `segment` matches what the claim says of its fact at `span`, in [0, 1]."""
    weights = statement.weights(span)
    near = _near(segment, found)
    near_terms = terms(near)
    elsewhere = SAME_ROW if segment.cells else SAME_STATEMENT
    total = reached = 0.0
    missed = frozenset() if _OUTSIDE.search(segment.whole) else statement.excluded
    for term, weight in weights.items():
        total += weight
        if term in missed:
            continue
        if term in near_terms:
            reached += weight * NEAR
        elif term in segment.own_terms:
            reached += weight * elsewhere
        elif term in segment.context_terms:
            reached += weight * CONTEXT
    places = _places(near, segment, elsewhere)
    anchors: list[Fact] = [*statement.facts.moments, *statement.facts.identifiers]
    anchors += [figure for figure in statement.facts.figures if figure.is_label]
    if is_reckoned(segment.text):
        # "Last year" in both: from which day the evidence reckons is not known, so it tells nothing apart.
        anchors = [fact for fact in anchors if not (isinstance(fact, Moment) and fact.is_relative)]
    for fact in anchors:
        if fact.span != span:
            total += _NAME
            reached += _NAME * _credit(fact, places)
    return reached / total if total else 0.0


def coverage(weights: Mapping[str, float], segment: Segment) -> float:
    """How much of a claim's words, weighted by `Statement.weights`, `segment` and its context hold, in [0, 1]."""
    total = sum(weights.values())
    reached = sum(weight * _nearness(term, segment) for term, weight in weights.items())
    return reached / total if total else 0.0


def _nearness(term: str, segment: Segment) -> float:
    if term in segment.own_terms or term in segment.turned_terms or without_prefix(term) in segment.own_terms:
        return NEAR
    return CONTEXT if term in segment.context_terms else 0.0


def _near(segment: Segment, found: Span) -> str:
    """The words next to the fact at `found`: its clause, or its cell with its column's name and the row's labels."""
    cell = segment.cell_at(found)
    if cell is None:
        local = found.shifted(-segment.span.start)
        return clause(segment.text, local).of(segment.text)
    labels = [
        other.span.shifted(-segment.span.start).of(segment.text)
        for other in segment.cells
        if not any(character.isdigit() for character in other.span.shifted(-segment.span.start).of(segment.text))
        or other == segment.cells[0]
    ]
    return " ".join([cell.header, cell.span.shifted(-segment.span.start).of(segment.text), *labels])


def _places(near: str, segment: Segment, elsewhere: float) -> list[tuple[Facts, float]]:
    """The facts around a fact of the evidence, and what it counts that the claim's other dates and identifiers are among them."""
    headers = " ; ".join(cell.header for cell in segment.cells)
    return [
        (read_facts(near), NEAR),
        (segment.facts, elsewhere),
        (read_facts(headers), SAME_ROW),
        (read_facts(f"{segment.heading} ; {segment.before}"), CONTEXT),
    ]


def _credit(fact: Fact, places: Sequence[tuple[Facts, float]]) -> float:
    if isinstance(fact, Figure):
        return max(
            (
                credit
                for facts, credit in places
                if any(fact.value == other.value for other in facts.figures if not other.unit)
            ),
            default=0.0,
        )
    if isinstance(fact, Moment):
        return max(
            (credit for facts, credit in places if any(moments_agree(fact, other) for other in facts.moments)),
            default=0.0,
        )
    return max(
        (credit for facts, credit in places if any(identifiers_agree(fact, other) for other in facts.identifiers)),
        default=0.0,
    )
