"""From scores and checks to one verdict for a claim, with a reason that is built from what decided it.

The order of precedence: a fact that the evidence states differently, a fact it does not state, passages that disagree, support,
refutation, and else no support. So a label never says more than the strictest check allows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from server.domain import (
    Citation,
    ClaimVerdict,
    FactCheck,
    FactKind,
    FactOutcome,
    Label,
    Passage,
    ReasonCode,
    Relation,
)
from server.stages.calibration import Calibration
from server.stages.claims import Claim
from server.stages.evidence import terms
from server.stages.facts.comparison import FactResult
from server.stages.facts.segments import Segment
from server.stages.policy import Thresholds
from server.stages.precedence import Criterion, outranks
from server.stages.premises import CitedSpan, ClaimPremise

_LONGEST_QUOTE = 160
_JUST_BELOW = 0.01
_COVERING = 0.75
"""A short citation is preferred as long as it has this share of the claim's words that the fullest one has."""


_OF_THE_SENSE = frozenset(
    {FactKind.NEGATION, FactKind.COMPARISON, FactKind.MODALITY, FactKind.QUANTIFIER, FactKind.DIRECTION}
)
"""Checks of what a whole statement says, which a reason quotes rather than two facts."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A premise and the model's probabilities for the claim given it."""

    premise: ClaimPremise
    entailment: float
    contradiction: float


@dataclass(frozen=True, slots=True)
class Weighed:
    """Everything that bears on one claim.

    `verbatim` is the statement of the evidence that the claim repeats word for word, if any.
    """

    claim: Claim
    judged: tuple[Judged, ...]
    facts: tuple[FactResult, ...]
    verbatim: Segment | None


def not_a_claim(claim: Claim) -> ClaimVerdict:
    """The verdict on a part that states nothing."""
    return ClaimVerdict(claim.span, claim.text, Label.NOT_A_CLAIM, 0.0, f"Not a claim: {claim.set_aside}.")


def not_checked(claim: Claim, code: ReasonCode, why: str) -> ClaimVerdict:
    """The verdict on a claim that the service could not check."""
    return ClaimVerdict(claim.span, claim.text, Label.NOT_CHECKED, 0.0, why, code)


@dataclass(frozen=True, slots=True)
class Decider:
    """Decides claims under one policy's thresholds, one model's calibration and one request's passages.

    `out_of_date` says why some of the passages do not hold, by index, as the end of a sentence; `rank_by`, what ranks passages that
    disagree.
    """

    thresholds: Thresholds
    calibration: Calibration
    passages: tuple[Passage, ...]
    out_of_date: Mapping[int, str] = field(default_factory=dict)
    rank_by: tuple[Criterion, ...] = ("trust", "validity", "recency")

    def __call__(self, weighed: Weighed) -> ClaimVerdict:
        """The verdict on one claim; never NOT_CHECKED, and SUPPORTED only with a citation."""
        supporting = self._supporting(weighed)
        refuting = self._refuting(weighed)
        support = self._support(weighed, supporting)
        mismatches = [result for result in weighed.facts if result.check.outcome is FactOutcome.MISMATCH]
        missing = [result for result in weighed.facts if result.check.outcome is FactOutcome.NOT_FOUND]
        opposed = [result for result in weighed.facts if result.opposed is not None]
        leaning = max(support, self._leaning(weighed))
        if mismatches:
            return self._mismatched(weighed, mismatches[0], leaning)
        if missing:
            return self._missing(weighed, missing, refuting, leaning)
        if support >= self.thresholds.supported:
            against = self._against(supporting, refuting)
            if opposed or against:
                return self._conflicting(weighed, supporting, opposed, against, support)
            return self._supported(weighed, supporting, support)
        if refuting and refuting[0].contradiction >= self._refutes_from(weighed):
            return self._contradicted(weighed, refuting[0], leaning)
        return self._unsupported(weighed, leaning)

    # --- what speaks for and against ------------------------------------------------------------------------------------------

    def _supporting(self, weighed: Weighed) -> list[Judged]:
        """Current premises about the same thing, most entailing first; equal ones by length, so that citations are short."""
        least = self.thresholds.support_relevance
        usable = [
            each
            for each in weighed.judged
            if each.premise.is_current and each.premise.spans and each.premise.relevance >= least
        ]
        return sorted(usable, key=lambda judged: (-judged.entailment, judged.premise.size, judged.premise.text))

    def _refuting(self, weighed: Weighed) -> list[Judged]:
        """Current premises about the same thing as the claim, most contradicting first.

        Each is one stretch of text: sentences that stand apart can be joined into what none of their authors said.
        """
        near = [
            judged
            for judged in weighed.judged
            if judged.premise.is_current
            and len(judged.premise.spans) == 1
            and judged.premise.relevance >= self.thresholds.contradiction_relevance
        ]
        return sorted(near, key=lambda judged: (-judged.contradiction, judged.premise.size, judged.premise.text))

    def _refutes_from(self, weighed: Weighed) -> float:
        """A claim whose figures the evidence bears out takes as much to refute as one that a passage supports."""
        borne_out = any(
            check.outcome is FactOutcome.MATCH and check.in_evidence and check.kind is not FactKind.ENTITY
            for check in _checks(weighed)
        )
        return self.thresholds.conflict if borne_out else self.thresholds.contradicted

    def _leaning(self, weighed: Weighed) -> float:
        """What the model makes of any current premise, in whatever words: it moves the confidence, never the label."""
        current = [judged.entailment for judged in weighed.judged if judged.premise.is_current]
        return self.calibration(max(current)) if current else 0.0

    def _support(self, weighed: Weighed, supporting: Sequence[Judged]) -> float:
        support = self.calibration(supporting[0].entailment) if supporting else 0.0
        if weighed.verbatim is not None:
            support = max(support, self.thresholds.verbatim)
        if _is_derived(weighed.facts):
            support = max(support, self.thresholds.derived)
        return support

    def _against(self, supporting: Sequence[Judged], refuting: Sequence[Judged]) -> Judged | None:
        """A premise that refutes the claim and shares no passage with those that support it."""
        held = {
            cited.passage
            for judged in supporting
            if self.calibration(judged.entailment) >= self.thresholds.supported
            for cited in judged.premise.spans
        }
        for judged in refuting:
            if judged.contradiction < self.thresholds.conflict:
                return None
            if held.isdisjoint(cited.passage for cited in judged.premise.spans):
                return judged
        return None

    # --- verdicts -------------------------------------------------------------------------------------------------------------

    def _supported(self, weighed: Weighed, supporting: Sequence[Judged], support: float) -> ClaimVerdict:
        citations = self._support_citations(weighed, supporting, support)
        formulas = [check.formula for check in _checks(weighed) if check.outcome is FactOutcome.DERIVED]
        reason = f"{self._name(citations[0].passage)} says: {_quoted(citations[0].quote)}"
        if formulas:
            reason = f"The figure follows from {self._name(citations[0].passage)}: {'; '.join(formulas)}."
        return self._verdict(weighed, Label.SUPPORTED, support, reason, None, citations)

    def _mismatched(self, weighed: Weighed, result: FactResult, support: float) -> ClaimVerdict:
        check, segment = result.check, result.segment
        citations: tuple[Citation, ...] = ()
        where = "the evidence"
        if segment is not None:
            score = max([self.thresholds.mismatch, *self._contradictions(weighed, segment.passage)])
            citations = (self._cite(CitedSpan(segment.passage, segment.span), Relation.CONTRADICTS, score),)
            where = self._name(segment.passage)
        stated = (
            " and ".join(dict.fromkeys(_quoted(place.text, stop="") for place in check.in_evidence)) or "something else"
        )
        reason = f"The answer says {_quoted(check.in_claim.text, stop='')}, but {where} says {stated}."
        if result.owners is not None:
            owner, claimed = (_quoted(each, stop="") for each in result.owners)
            reason = (
                f"{where} says {_quoted(check.in_claim.text, stop='')} of {owner}, and the answer says it of {claimed}."
            )
        elif check.kind in _OF_THE_SENSE and segment is not None:
            reason = (
                f"The answer says {_quoted(check.in_claim.text, stop='')}, but {where} says: {_quoted(segment.text)}"
            )
        confidence = support * self.thresholds.after_mismatch
        return self._verdict(weighed, Label.CONTRADICTED, confidence, reason, ReasonCode.FACT_MISMATCH, citations)

    def _missing(
        self, weighed: Weighed, missing: Sequence[FactResult], refuting: Sequence[Judged], support: float
    ) -> ClaimVerdict:
        confidence = support * self.thresholds.after_not_found
        is_unnamed = any(_is_subject(weighed.claim, result.check) for result in missing)
        least = self.thresholds.conflict if is_unnamed else self.thresholds.contradicted
        if refuting and refuting[0].contradiction >= least:
            return self._contradicted(weighed, refuting[0], confidence)
        names = ", ".join(dict.fromkeys(_quoted(result.check.in_claim.text, stop="") for result in missing))
        expired = self._expired_reason(weighed)
        reason = expired or f"No statement of the evidence about this has {names}."
        return self._verdict(weighed, Label.UNSUPPORTED, confidence, reason, _unsupported_code(expired), ())

    def _conflicting(
        self,
        weighed: Weighed,
        supporting: Sequence[Judged],
        opposed: Sequence[FactResult],
        against: Judged | None,
        support: float,
    ) -> ClaimVerdict:
        for_it = self._support_citations(weighed, supporting, support)
        against_it: tuple[Citation, ...] = ()
        if opposed and opposed[0].opposed is not None and opposed[0].opposed.passage is not None:
            other = opposed[0].opposed
            cited = CitedSpan(opposed[0].opposed.passage, other.span)
            against_it = (self._cite(cited, Relation.CONTRADICTS, self.thresholds.mismatch),)
            said = _quoted(other.text, stop="")
        elif against is not None:
            against_it = self._cite_premise(against, Relation.CONTRADICTS, against.contradiction)
            said = _quoted(against_it[-1].quote, stop="")
        says, denies = self._name(for_it[0].passage), self._name(against_it[-1].passage)
        reason = f"{says} supports this, but {denies} says {said}."
        confidence = min(support * (1.0 - against_it[-1].score), self.thresholds.supported - _JUST_BELOW)
        citations = for_it + against_it
        mine, theirs = self.passages[for_it[0].passage], self.passages[against_it[-1].passage]
        if why := outranks(theirs, mine, self.rank_by):
            citations = against_it + for_it
            reason = f"{reason} {denies} weighs more: {why}."
        elif why := outranks(mine, theirs, self.rank_by):
            reason = f"{reason} {says} weighs more: {why}."
        return self._verdict(
            weighed, Label.CONFLICTING, max(0.0, confidence), reason, ReasonCode.CLAIM_CONFLICTING, citations
        )

    def _contradicted(self, weighed: Weighed, refuting: Judged, support: float) -> ClaimVerdict:
        citations = self._cite_premise(refuting, Relation.CONTRADICTS, refuting.contradiction)
        reason = f"{self._name(citations[0].passage)} says otherwise: {_quoted(citations[0].quote)}"
        return self._verdict(weighed, Label.CONTRADICTED, support, reason, ReasonCode.CLAIM_CONTRADICTED, citations)

    def _unsupported(self, weighed: Weighed, support: float) -> ClaimVerdict:
        closest = max(weighed.judged, key=lambda judged: (judged.premise.relevance, judged.premise.text), default=None)
        expired = reason = self._expired_reason(weighed)
        if not reason and closest is not None and closest.premise.spans:
            cited = closest.premise.spans[0]
            quote = cited.span.of(self.passages[cited.passage].text)
            reason = f"No passage states this; the closest is {self._name(cited.passage)}: {_quoted(quote)}"
        reason = reason or "No passage is about this."
        return self._verdict(weighed, Label.UNSUPPORTED, support, reason, _unsupported_code(expired), ())

    def _expired_reason(self, weighed: Weighed) -> str:
        """A sentence when a passage that does not hold at the time asked about would have supported the claim."""
        for judged in weighed.judged:
            if judged.premise.is_current or not judged.premise.spans:
                continue
            if self.calibration(judged.entailment) < self.thresholds.supported:
                continue
            passage = judged.premise.spans[0].passage
            return f"Only {self._name(passage)} supports this, and {self.out_of_date[passage]}."
        return ""

    def _verdict(
        self,
        weighed: Weighed,
        label: Label,
        confidence: float,
        reason: str,
        code: ReasonCode | None,
        citations: tuple[Citation, ...],
    ) -> ClaimVerdict:
        claim = weighed.claim
        bounded = confidence if label is Label.SUPPORTED else min(confidence, self.thresholds.supported - _JUST_BELOW)
        rounded = round(max(0.0, bounded), 6)
        return ClaimVerdict(
            claim.span, claim.text, label, rounded, reason, code, citations, _checks(weighed), claim.resolved
        )

    # --- citations ------------------------------------------------------------------------------------------------------------

    def _support_citations(
        self, weighed: Weighed, supporting: Sequence[Judged], support: float
    ) -> tuple[Citation, ...]:
        if weighed.verbatim is not None:
            cited = CitedSpan(weighed.verbatim.passage, weighed.verbatim.span)
            return (self._cite(cited, Relation.SUPPORTS, support),)
        enough = [judged for judged in supporting if self.calibration(judged.entailment) >= self.thresholds.supported]
        if enough:
            covering = _COVERING * max(judged.premise.relevance for judged in enough)
            enough = [judged for judged in enough if judged.premise.relevance >= covering]
            shortest = min(enough, key=lambda judged: (judged.premise.size, -judged.entailment, judged.premise.text))
            return self._cite_premise(shortest, Relation.SUPPORTS, self.calibration(shortest.entailment))
        operands = dict.fromkeys(
            CitedSpan(place.passage, place.span)
            for check in _checks(weighed)
            if check.outcome is FactOutcome.DERIVED
            for place in check.in_evidence
            if place.passage is not None
        )
        return tuple(self._cite(cited, Relation.SUPPORTS, support) for cited in operands)

    def _cite_premise(self, judged: Judged, relation: Relation, score: float) -> tuple[Citation, ...]:
        return tuple(self._cite(cited, relation, score) for cited in judged.premise.spans)

    def _cite(self, cited: CitedSpan, relation: Relation, score: float) -> Citation:
        quote = cited.span.of(self.passages[cited.passage].text)
        return Citation(cited.passage, cited.span, quote, relation, round(score, 6))

    def _contradictions(self, weighed: Weighed, passage: int) -> list[float]:
        return [
            judged.contradiction
            for judged in weighed.judged
            if any(cited.passage == passage for cited in judged.premise.spans)
        ]

    def _name(self, index: int) -> str:
        passage = self.passages[index]
        return passage.attributes.title or passage.document_id or passage.passage_id or f"passage {index + 1}"


def _unsupported_code(expired: str) -> ReasonCode:
    return ReasonCode.EVIDENCE_OUT_OF_DATE if expired else ReasonCode.CLAIM_UNSUPPORTED


def _checks(weighed: Weighed) -> tuple[FactCheck, ...]:
    return tuple(result.check for result in weighed.facts)


def _is_derived(facts: Sequence[FactResult]) -> bool:
    """Whether a figure was computed from the evidence, and every other fact of the claim stands there."""
    outcomes = {result.check.outcome for result in facts}
    return FactOutcome.DERIVED in outcomes and outcomes <= {FactOutcome.DERIVED, FactOutcome.MATCH}


def _quoted(text: str, stop: str = ".") -> str:
    """`text` on one line in quotation marks, shortened in the middle when it is long."""
    line = " ".join(text.split()).strip("| ")
    if len(line) > _LONGEST_QUOTE:
        line = f"{line[: _LONGEST_QUOTE // 2].rstrip()} … {line[-_LONGEST_QUOTE // 2 :].lstrip()}"
    return f'"{line}"{stop if not line.endswith((".", "!", "?")) else ""}'


def _is_subject(claim: Claim, check: FactCheck) -> bool:
    """Whether the fact is a name that the claim goes on to say something of, rather than what it ends with.

    What is said of others says little of somebody whom nothing names: the model, which sees like words, is of two minds there, and
    any text beside them would tip it.
    """
    return check.kind is FactKind.ENTITY and bool(terms(claim.text[check.in_claim.span.end - claim.span.start :]))
