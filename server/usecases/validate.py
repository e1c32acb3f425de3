"""Validates an answer: every claim against the evidence, then one decision about the whole."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from server.deadline import NEVER, Deadline
from server.domain import (
    ClaimVerdict,
    Decision,
    Degradation,
    FactCheck,
    Passage,
    Query,
    Reason,
    ReasonCode,
    Retrieval,
    Span,
    Timing,
    ValidationRequest,
    Verdict,
    Versions,
)
from server.errors import DeadlineExceeded, GroundwireError, InvalidInput, ModelFailure, NotFound, Overloaded
from server.models.base import EntailmentModel, Pair
from server.stages.calibration import Calibration
from server.stages.categories import detect_categories
from server.stages.claims import Claim, split_claims
from server.stages.confidence import answer_confidence, support_score
from server.stages.decide import Decider, Judged, Weighed, not_a_claim, not_checked
from server.stages.entailment import score_pairs
from server.stages.evidence import LONGEST_CLAIM_COST, cost
from server.stages.facts.alignment import prepare
from server.stages.facts.checks import Surroundings, check_facts
from server.stages.facts.comparison import FactResult
from server.stages.overlap import is_verbatim
from server.stages.policy import Policies, Policy
from server.stages.premises import ClaimEvidence, ClaimPremise, EvidenceBase
from server.stages.restating import restate
from server.stages.routing import route

RetrieveStep = Callable[[Query, Deadline], Retrieval]
KeepCaseStep = Callable[[ValidationRequest, Verdict], str]


def utc_now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Gathered:
    """The evidence of a request, and what went wrong in finding it."""

    passages: tuple[Passage, ...]
    revision: int = 0
    access_policy: str = ""
    degraded: tuple[Degradation, ...] = ()
    findings: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class _Checked:
    """The verdicts on the parts of an answer."""

    claims: tuple[ClaimVerdict, ...]
    evidence_read: float = 0.0
    findings: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A claim that is ready for the model."""

    part: Claim
    hypothesis: str
    evidence: ClaimEvidence
    facts: tuple[FactResult, ...]


@dataclass(slots=True)
class _Clock:
    """Collects how long each stage took."""

    timings: list[Timing] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter_ns()
        try:
            yield
        finally:
            self.timings.append(Timing(name, (time.perf_counter_ns() - start) // 1000))


@dataclass(frozen=True, slots=True)
class ValidateAnswer:
    """Checks an answer and keeps a case for a person when it does not pass.

    `retrieve` finds evidence where the request brings a query, `keep_case` stores a case and returns its id, `versions` names the
    parts that do not change between requests, `now` is asked only when a request says no time.
    """

    entailment: EntailmentModel
    retrieve: RetrieveStep
    keep_case: KeepCaseStep
    policies: Policies
    calibration: Calibration = Calibration()
    versions: Versions = Versions()
    now: Callable[[], datetime] = utc_now

    def __call__(self, request: ValidationRequest, deadline: Deadline = NEVER) -> Verdict:
        """The verdict; the same request and versions give the same one, timings and case id aside.

        Raises `InvalidInput` for a request that no policy could answer. Everything else that goes wrong (no evidence, no time, a
        failing model or store) is in the verdict, which then never passes.
        """
        policy = self.policies.get(request.policy)
        _refuse_invalid(request, policy)
        clock = _Clock()
        with clock.stage("retrieve"):
            gathered = self._gather(request, deadline)
        checked = self._check(request, policy, gathered, deadline, clock)
        with clock.stage("decide"):
            verdict = self._conclude(request, policy, gathered, checked, clock)
        return self._kept(request, verdict, clock)

    # --- steps ------------------------------------------------------------------------------------------------------------------

    def _gather(self, request: ValidationRequest, deadline: Deadline) -> _Gathered:
        """The caller's passages, or those that its query finds; a retrieval that fails leaves no evidence and says so."""
        if request.query is None:
            return _Gathered(request.passages)
        try:
            deadline.check("retrieval")
            found = self.retrieve(request.query, deadline)
        except (InvalidInput, NotFound):
            raise
        except DeadlineExceeded as error:
            return _Gathered(
                (), findings=(Reason(ReasonCode.DEADLINE, f"No evidence was retrieved: {error.message}."),)
            )
        except GroundwireError as error:
            failed = Degradation("retrieval", error.reason, error.message)
            return _Gathered((), degraded=(failed,))
        return _Gathered(found.passages, found.revision, found.access_policy, found.degraded)

    def _check(
        self, request: ValidationRequest, policy: Policy, gathered: _Gathered, deadline: Deadline, clock: _Clock
    ) -> _Checked:
        """A verdict on every part of the answer, none of them silent."""
        oversize = _oversize(request, policy, gathered.passages)
        if oversize is not None:
            return _Checked(_whole_answer(request.answer, oversize), findings=(oversize,))
        with clock.stage("claims"):
            parts = split_claims(request.answer)
        with clock.stage("evidence"):
            base = EvidenceBase(gathered.passages, request.as_of or self.now())
        if base.is_empty:
            return _none_checked(parts, _no_evidence(gathered))
        try:
            return self._weigh(request, policy, parts, base, deadline, clock)
        except (DeadlineExceeded, Overloaded) as error:
            return _none_checked(parts, Reason(ReasonCode.DEADLINE, f"Not checked in time: {error.message}."))
        except ModelFailure as error:
            return _none_checked(parts, Reason(ReasonCode.MODEL_FAILURE, f"Not checked: {error.message}."))

    def _weigh(
        self,
        request: ValidationRequest,
        policy: Policy,
        parts: Sequence[Claim],
        base: EvidenceBase,
        deadline: Deadline,
        clock: _Clock,
    ) -> _Checked:
        too_large = {index: why for index, part in enumerate(parts) if (why := _too_large(index, part, parts, policy))}
        checkable = [index for index, part in enumerate(parts) if part.is_checkable and index not in too_large]
        keys = request.query.filter.entity_keys if request.query else ()
        surroundings = Surroundings(base.texts)
        prepared: dict[int, _Prepared] = {}
        with clock.stage("facts"):
            for index in checkable:
                deadline.check("the checks of facts")
                statement = prepare(parts[index], request.answer, request.question)
                near = base.near(statement, keys)
                facts = check_facts(statement, near, surroundings)
                hypothesis = _hypothesis(parts[index], request.question, [result.check for result in facts])
                evidence = base.for_claim(hypothesis, statement, near, keys)
                prepared[index] = _Prepared(parts[index], hypothesis, evidence, facts)
        with clock.stage("entailment"):
            judged = self._judge(prepared, deadline)
        decider = Decider(policy.thresholds, self.calibration, base.passages)
        verdicts: list[ClaimVerdict] = []
        for index, part in enumerate(parts):
            if not part.is_checkable:
                verdicts.append(not_a_claim(part))
            elif index in too_large:
                verdicts.append(not_checked(part, ReasonCode.OVERSIZE, too_large[index]))
            else:
                verdicts.append(decider(_weighed(prepared[index], judged[index])))
        return _Checked(tuple(verdicts), base.share_read([each.evidence for each in prepared.values()]))

    def _judge(self, prepared: Mapping[int, _Prepared], deadline: Deadline) -> dict[int, tuple[Judged, ...]]:
        """All pairs of all claims in one call of the model; equal pairs are read once."""
        pairs: list[Pair] = [
            (premise.text, each.hypothesis) for each in prepared.values() for premise in each.evidence.premises
        ]
        distinct = list(dict.fromkeys(pairs))
        scores = dict(zip(distinct, score_pairs(self.entailment, distinct, deadline), strict=True))
        return {
            index: tuple(_judged(premise, scores[premise.text, each.hypothesis]) for premise in each.evidence.premises)
            for index, each in prepared.items()
        }

    def _conclude(
        self, request: ValidationRequest, policy: Policy, gathered: _Gathered, checked: _Checked, clock: _Clock
    ) -> Verdict:
        confidence = answer_confidence(checked.claims)
        titles = {
            gathered.passages[each.passage].attributes.title for claim in checked.claims for each in claim.citations
        }
        detected = detect_categories(policy, (request.question, request.answer, *sorted(titles)))
        categories = tuple(dict.fromkeys((*request.categories, *detected)))
        stand_in = self.entailment.degradation
        degraded = (*gathered.degraded, *((stand_in,) if stand_in else ()))
        findings = (*gathered.findings, *checked.findings)
        routing = route(policy, checked.claims, confidence, categories, degraded, findings)
        versions = replace(
            self.versions,
            entailment_model=self.entailment.version,
            policy=policy.version,
            index_revision=gathered.revision,
            access_policy=gathered.access_policy,
        )
        return Verdict(
            decision=routing.decision,
            confidence=round(confidence, 6),
            support_score=round(support_score(checked.claims), 6),
            evidence_read=round(checked.evidence_read, 6),
            claims=checked.claims,
            passages=gathered.passages,
            reasons=routing.reasons,
            categories=categories,
            degraded=degraded,
            versions=versions,
            timings=tuple(clock.timings),
        )

    def _kept(self, request: ValidationRequest, verdict: Verdict, clock: _Clock) -> Verdict:
        """The verdict with its case's id; a case that cannot be stored is declared, and the verdict stands."""
        if verdict.decision is Decision.PASS:
            return replace(verdict, timings=tuple(clock.timings))
        try:
            with clock.stage("case"):
                case_id = self.keep_case(request, verdict)
        except GroundwireError as error:
            message = f"the case for review was not stored: {error.message}"
            lost = Degradation("review", error.reason, message)
            reason = Reason(ReasonCode.DEGRADED, f"review answered with less than it should have: {message}")
            return replace(
                verdict,
                degraded=(*verdict.degraded, lost),
                reasons=(*verdict.reasons, reason),
                timings=tuple(clock.timings),
            )
        return replace(verdict, review_case_id=case_id, timings=tuple(clock.timings))


# --- the request --------------------------------------------------------------------------------------------------------------


def _refuse_invalid(request: ValidationRequest, policy: Policy) -> None:
    if request.query is not None and request.passages:
        raise InvalidInput(
            "passages", "give passages or retrieve, not both; with retrieve the service finds the passages itself"
        )
    for index, category in enumerate(request.categories):
        if category not in policy.categories:
            known = ", ".join(policy.categories)
            raise InvalidInput(
                f"categories[{index}]",
                f"the policy {policy.name} has no category {category!r}; it has {known}",
                reason="UNKNOWN_CATEGORY",
            )
    if request.as_of is not None and request.as_of.tzinfo is None:
        raise InvalidInput("as_of", "needs a time zone; UTC is meant by a trailing Z")


def _oversize(request: ValidationRequest, policy: Policy, passages: Sequence[Passage]) -> Reason | None:
    limits = policy.limits
    evidence = sum(len(passage.text) for passage in passages)
    for what, size, limit in (
        ("The answer has {} characters", len(request.answer), limits.answer_characters),
        ("There are {} passages", len(passages), limits.passages),
        ("The passages have {} characters", evidence, limits.evidence_characters),
    ):
        if size > limit:
            message = f"{what.format(f'{size:,}')}; the policy checks at most {limit:,}, so nothing was checked."
            return Reason(ReasonCode.OVERSIZE, message)
    return None


def _too_large(index: int, part: Claim, parts: Sequence[Claim], policy: Policy) -> str:
    """Why a claim is beyond what can be checked, or the empty string."""
    if not part.is_checkable:
        return ""
    before = sum(other.is_checkable for other in parts[:index])
    if before >= policy.limits.claims:
        return f"Not checked: the policy checks at most {policy.limits.claims} claims of an answer."
    if len(part.text) > policy.limits.claim_characters:
        limit = policy.limits.claim_characters
        return f"Not checked: the claim has {len(part.text):,} characters, the policy's limit is {limit:,}."
    if cost(part.statement) > LONGEST_CLAIM_COST:
        return "Not checked: the claim is too long to be read by the model beside any evidence."
    return ""


def _whole_answer(answer: str, reason: Reason) -> tuple[ClaimVerdict, ...]:
    text = answer.strip()
    if not text:
        return ()
    span = Span(answer.index(text), answer.index(text) + len(text))
    return (not_checked(Claim(span, text, span, text), reason.code, reason.message),)


def _none_checked(parts: Sequence[Claim], reason: Reason) -> _Checked:
    verdicts = tuple(
        not_checked(part, reason.code, reason.message) if part.is_checkable else not_a_claim(part) for part in parts
    )
    return _Checked(verdicts, findings=(reason,))


def _no_evidence(gathered: _Gathered) -> Reason:
    if gathered.findings:
        return gathered.findings[0]
    return Reason(ReasonCode.NO_EVIDENCE, "Not checked: there is no evidence to check against.")


# --- one claim ----------------------------------------------------------------------------------------------------------------

_FRAGMENT = 4
"""A statement of fewer words is read with the question ("How long does it last?" "11 hours.")."""


def _hypothesis(part: Claim, question: str, checks: Sequence[FactCheck]) -> str:
    """What the model reads as the claim: in the evidence's wording of its facts, and after the question when it is a fragment."""
    statement = restate(part.statement, checks)
    if question and len(statement.split()) < _FRAGMENT:
        return f"{question.strip()} {statement}"
    return statement


def _judged(premise: ClaimPremise, row: NDArray[np.float32]) -> Judged:
    return Judged(premise, float(row[0]), float(row[2]))


def _weighed(prepared: _Prepared, judged: tuple[Judged, ...]) -> Weighed:
    near = prepared.evidence.near
    repeated = is_verbatim(prepared.part.statement, [candidate.segment.text for candidate in near])
    verbatim = near[repeated].segment if repeated is not None else None
    return Weighed(prepared.part, judged, prepared.facts, verbatim)
