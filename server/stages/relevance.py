"""Whether an answer answers: it may decline, decline what the evidence answers, or say true things about something else."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from server.domain import ClaimVerdict, FactKind, Label, Passage, Reason, ReasonCode
from server.stages.claims import DECLINES, Claim
from server.stages.evidence import claim_weights, terms
from server.stages.facts.reading import Facts, read_facts
from server.stages.facts.segments import Segment

_ANSWERED = 0.6
"""The share of a question's words, by weight, that a statement with a figure of the kind asked for must have to answer it."""
_ANSWERED_UNTYPED = 0.8
_FEWEST_TERMS = 2


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of question: how it is asked, which of its words only ask, and whether some facts can answer it."""

    asks: re.Pattern[str]
    fits: Callable[[Facts], bool]


_DURATIONS = frozenset({"time", "working time", "months", "nights"})
_KINDS = (
    _Kind(
        re.compile(
            r"(?i)\bhow much\b.*\b(?:cost|charge|pay|price|fee|worth)|\bwhat\b.*\b(?:cost|price|fee|charge"
            r"|rate)s?\b|\bhow expensive\b"
        ),
        lambda facts: any(figure.kind in {FactKind.MONEY, FactKind.PERCENTAGE} for figure in facts.figures),
    ),
    _Kind(re.compile(r"(?i)\bhow (?:many|often|old)\b"), lambda facts: bool(facts.figures)),
    _Kind(
        re.compile(r"(?i)\bhow much\b"),
        lambda facts: any(figure.unit not in _DURATIONS for figure in facts.figures),
    ),
    _Kind(
        re.compile(r"(?i)\bhow (?:long|soon|quickly|late)\b|\b(?:when|(?:what|which) (?:date|day|time|year|month))\b"),
        lambda facts: bool(facts.moments) or any(figure.unit in _DURATIONS for figure in facts.figures),
    ),
    _Kind(
        re.compile(r"(?i)\bhow (?:far|tall|heavy|large|big|wide|deep|high|loud|fast|hot|cold)\b"),
        lambda facts: any(figure.kind is FactKind.QUANTITY for figure in facts.figures),
    ),
)
_ONLY_ASKS = terms(
    "how much many long often old far soon quickly late tall heavy large big wide deep high loud fast hot cold cost costs price"
    " fee charge pay expensive worth date day time year month number please tell know last take takes lasts weigh"
)


def answer_findings(
    question: str,
    parts: Sequence[Claim],
    claims: Sequence[ClaimVerdict],
    passages: Sequence[Passage],
    segments: Sequence[Segment],
) -> tuple[Reason, ...]:
    """What is to be said of the answer as a whole: ABSTENTION, with OVER_REFUSAL where a passage answers; or OFF_TOPIC."""
    declined = tuple(index for index, part in enumerate(parts) if part.set_aside == DECLINES)
    if declined and not any(part.is_checkable for part in parts):
        abstention = Reason(ReasonCode.ABSTENTION, "The answer declines to answer.", declined)
        answering = _answering(question, segments)
        if answering is None:
            return (abstention,)
        title = passages[answering.passage].attributes.title or passages[answering.passage].passage_id
        quote = " ".join(answering.text.split())[:160]
        message = f'The answer declines, but {title or "a passage"} answers the question: "{quote}".'
        return abstention, Reason(ReasonCode.OVER_REFUSAL, message, declined)
    if _is_off_topic(question, parts, claims, passages):
        stated = tuple(index for index, part in enumerate(parts) if part.is_checkable)
        return (Reason(ReasonCode.OFF_TOPIC, "The answer says nothing about what the question asks.", stated),)
    return ()


def _answering(question: str, segments: Sequence[Segment]) -> Segment | None:
    """The statement that has most of the question's words and a fact of the kind it asks for, if one does."""
    weights = {term: weight for term, weight in claim_weights(question).items() if term not in _ONLY_ASKS}
    total = sum(weights.values())
    if not total:
        return None
    kind = _kind_of(question)
    best: tuple[float, str] = (0.0, "")
    answering = None
    for segment in segments:
        if segment.is_blank or (kind is not None and not kind.fits(segment.facts)):
            continue
        share = (
            sum(weight for term, weight in weights.items() if term in segment.own_terms | segment.context_terms) / total
        )
        own = any(term in segment.own_terms for term in weights)
        if own and share >= (_ANSWERED if kind else _ANSWERED_UNTYPED) and (share, segment.text) > best:
            best, answering = (share, segment.text), segment
    return answering


def _kind_of(question: str) -> _Kind | None:
    return next((kind for kind in _KINDS if kind.asks.search(question)), None)


def _is_off_topic(
    question: str, parts: Sequence[Claim], claims: Sequence[ClaimVerdict], passages: Sequence[Passage]
) -> bool:
    """Whether no word of the question is in the answer or what it cites, and no fact of the kind it asks for in the answer."""
    asked = terms(question) - _ONLY_ASKS
    stated = [part for part in parts if part.is_checkable]
    if not asked or not stated or any(claim.label is Label.NOT_CHECKED for claim in claims):
        return False
    said = " ".join(part.text for part in parts)
    if len(terms(said)) < _FEWEST_TERMS or asked & terms(said):
        return False
    kind = _kind_of(question)
    if kind is not None:
        return not kind.fits(read_facts(said))
    citations = [citation for claim in claims for citation in claim.citations]
    titles = terms(" ".join(passages[citation.passage].attributes.title for citation in citations))
    headings = [heading for citation in citations for heading in passages[citation.passage].heading_path]
    cited = terms(" ".join([*(citation.quote for citation in citations), *headings]))
    keys = [key for citation in citations for key in passages[citation.passage].attributes.entity_keys]
    if any(term[0].isdigit() for term in asked & terms(" ".join(keys))):
        return False  # the evidence is about the one order, case or account that the question names
    # That a passage is about the same product or company does not make it an answer.
    return bool(asked - titles) and not (asked - titles) & cited
