"""Validates an answer: every claim against the evidence, then one decision about the whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from server.deadline import NEVER, Deadline
from server.domain import (
    Caller,
    ClaimVerdict,
    Correction,
    Decision,
    Degradation,
    FieldState,
    Passage,
    Query,
    Reason,
    ReasonCode,
    Retrieval,
    Span,
    Suspicion,
    ValidationRequest,
    Verdict,
    Versions,
)
from server.errors import DeadlineExceeded, GroundwireError, InvalidInput, ModelFailure, NotFound, Overloaded
from server.models.base import EntailmentModel, Pair
from server.stages.calibration import Calibration
from server.stages.caution import cautions, inspect_answer
from server.stages.claims import Claim, closed_claims, split_claims
from server.stages.confidence import answer_confidence, support_score
from server.stages.correction import corrections
from server.stages.decide import Decider, Judged, Weighed, not_a_claim, not_checked
from server.stages.entailment import score_pairs
from server.stages.evidence import LONGEST_CLAIM_COST, cost
from server.stages.facts.alignment import prepare
from server.stages.facts.checks import check_facts
from server.stages.overlap import is_verbatim
from server.stages.policy import Policies, Policy
from server.stages.premises import ClaimEvidence, ClaimPremise
from server.stages.references import resolve_references
from server.stages.relevance import answer_findings
from server.stages.restating import restate, reworded
from server.stages.routing import route
from server.usecases.inquiry import Clock, Gathered, Inquiry, Prepared

RetrieveStep = Callable[[Query, Deadline], Retrieval]
KeepCaseStep = Callable[[ValidationRequest, Verdict], str]
MaskStep = Callable[[Caller, tuple[Passage, ...]], tuple[Passage, ...]]
SignStep = Callable[[ValidationRequest, Verdict], Verdict]
RecordStep = Callable[[ValidationRequest, Verdict], None]
RememberStep = Callable[[str, EntailmentModel], EntailmentModel]


def utc_now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def unmasked(caller: Caller, passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
    """Passages that a caller brought along, as they are."""
    del caller
    return passages


def unremembered(scope: str, model: EntailmentModel) -> EntailmentModel:
    """The model itself, which reads every pair anew."""
    del scope
    return model


def without_case(request: ValidationRequest, verdict: Verdict) -> str:
    """Keeps no case, and says so with an empty id."""
    del request, verdict
    return ""


def unsigned(request: ValidationRequest, verdict: Verdict) -> Verdict:
    """The verdict without a receipt."""
    del request
    return verdict


def unrecorded(request: ValidationRequest, verdict: Verdict) -> None:
    """Leaves the record to whoever asked for the verdict."""
    del request, verdict


@dataclass(frozen=True, slots=True)
class _Checked:
    """The verdicts on the parts of an answer, and the evidence that they were judged by."""

    claims: tuple[ClaimVerdict, ...]
    evidence: tuple[ClaimEvidence, ...] = ()
    findings: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class ValidateAnswer:
    """Checks an answer and keeps a case for a person when it does not pass.

    `retrieve` finds evidence where the request brings a query, `mask` masks that which the caller brought along, `keep_case` stores
    a case and returns its id, `sign` adds a receipt, `record` makes the verdict part of the audit, `versions` names the parts that
    do not change between requests, `now` is asked only when a request says no time. `remember` gives the model as callers
    of one scope ask it: they may see the same, and share what the model said before.
    """

    entailment: EntailmentModel
    retrieve: RetrieveStep
    keep_case: KeepCaseStep
    policies: Policies
    calibration: Calibration = Calibration()
    versions: Versions = Versions()
    now: Callable[[], datetime] = utc_now
    mask: MaskStep = unmasked
    sign: SignStep = unsigned
    record: RecordStep = unrecorded
    remember: RememberStep = unremembered

    def __call__(self, request: ValidationRequest, deadline: Deadline = NEVER) -> Verdict:
        """The verdict; the same request and versions give the same one, timings, case id and the time of the receipt aside.

        Raises `InvalidInput` for a request that no policy could answer. Everything else that goes wrong (no evidence, no time, a
        failing model or store) is in the verdict, which then never passes. A verdict that cannot be recorded is not given:
        StoreFailure.
        """
        return self.conclude(self.open(request, deadline), request.answer, deadline)

    def open(self, request: ValidationRequest, deadline: Deadline = NEVER) -> Inquiry:
        """Gathers the evidence of `request`, whose answer may not be written yet; raises what `__call__` raises."""
        policy = self.policies.get(request.policy)
        _refuse_invalid(request, policy)
        # Before anything reads them: from here on, cases and records included, they are what the caller may read.
        request = replace(request, passages=self.mask(request.caller, request.passages))
        clock = Clock()
        with clock.stage("retrieve"):
            gathered = self._gather(request, deadline)
        return Inquiry(request, policy, request.as_of or self.now(), gathered, clock)

    def so_far(self, inquiry: Inquiry, written: str, deadline: Deadline) -> tuple[ClaimVerdict, ...]:
        """The verdicts on the claims that are closed in the beginning of an answer; none beyond the policy's sizes."""
        if _oversize(inquiry, written) is not None:
            return ()
        with inquiry.clock.stage("claims"):
            answer = inspect_answer(written)
            parts = closed_claims(answer.visible.text)
        return inquiry.as_sent(self._check(inquiry, answer.visible.text, parts, deadline).claims, answer)

    def conclude(self, inquiry: Inquiry, written: str, deadline: Deadline) -> Verdict:
        """The verdict on the whole answer, kept as a case when it does not pass."""
        verdict = self._verdict(inquiry, written, deadline)
        if inquiry.request.include_corrected_answer:
            with inquiry.clock.stage("correction"):
                correction = self._corrected(inquiry, written, verdict, deadline)
            verdict = replace(verdict, correction=correction)
        request = inquiry.about(written)
        kept = self._kept(request, self.sign(request, verdict), inquiry.clock)
        self.record(request, kept)
        return kept

    # --- steps ------------------------------------------------------------------------------------------------------------------

    def _verdict(self, inquiry: Inquiry, written: str, deadline: Deadline) -> Verdict:
        suspicions: tuple[Suspicion, ...] = ()
        oversize = _oversize(inquiry, written)
        if oversize is not None:
            checked = _Checked(_whole_answer(written, oversize), findings=(oversize,))
        else:
            with inquiry.clock.stage("claims"):
                answer = inspect_answer(written)
                parts = split_claims(answer.visible.text)
            checked = self._check(inquiry, answer.visible.text, parts, deadline)
            checked = replace(checked, claims=inquiry.as_sent(checked.claims, answer))
            suspicions = tuple(found for each in (answer, *inquiry.inspected) for found in each.suspicions)
        with inquiry.clock.stage("decide"):
            return self._conclude(inquiry, written, checked, suspicions)

    def _corrected(self, inquiry: Inquiry, written: str, verdict: Verdict, deadline: Deadline) -> Correction:
        """The first of two corrections, with figures replaced and without them, that passes when it is validated in turn."""
        reason = "Nothing of the answer is supported."
        for replace_figures in (True, False):
            corrected = corrections(written, verdict.claims, replace_figures=replace_figures)
            if not corrected.answer:
                continue
            again = self._verdict(inquiry, corrected.answer, deadline)
            if again.decision is Decision.PASS:
                return corrected
            reason = f"No correction passes: {again.reasons[0].message}"
        return Correction("", reason=reason)

    def _gather(self, request: ValidationRequest, deadline: Deadline) -> Gathered:
        """The caller's passages, or those that its query finds; a retrieval that fails leaves no evidence and says so."""
        if request.query is None:
            return Gathered(request.passages)
        try:
            deadline.check("retrieval")
            found = self.retrieve(request.query, deadline)
        except (InvalidInput, NotFound):
            raise
        except DeadlineExceeded as error:
            return Gathered((), findings=(Reason(ReasonCode.DEADLINE, f"No evidence was retrieved: {error.message}."),))
        except GroundwireError as error:
            failed = Degradation("retrieval", error.reason, error.message)
            return Gathered((), degraded=(failed,))
        return Gathered(found.passages, found.revision, found.access_policy, found.degraded, _too_old(found))

    def _check(self, inquiry: Inquiry, answer: str, parts: tuple[Claim, ...], deadline: Deadline) -> _Checked:
        """A verdict on every part of the answer, none of them silent."""
        if inquiry.base.is_empty:
            return _none_checked(parts, _no_evidence(inquiry.gathered))
        try:
            return self._weigh(inquiry, answer, parts, deadline)
        except (DeadlineExceeded, Overloaded) as error:
            return _none_checked(parts, Reason(ReasonCode.DEADLINE, f"Not checked in time: {error.message}."))
        except ModelFailure as error:
            return _none_checked(parts, Reason(ReasonCode.MODEL_FAILURE, f"Not checked: {error.message}."))

    def _weigh(self, inquiry: Inquiry, answer: str, parts: tuple[Claim, ...], deadline: Deadline) -> _Checked:
        policy, base, request = inquiry.policy, inquiry.base, inquiry.request
        parts = resolve_references(parts, request.question)
        stated = accumulate(part.is_checkable for part in parts)
        too_large = {
            index: why
            for index, (part, count) in enumerate(zip(parts, stated, strict=True))
            if (why := _too_large(part, count, policy))
        }
        checkable = [index for index, part in enumerate(parts) if part.is_checkable and index not in too_large]
        keys = request.query.filter.entity_keys if request.query else ()
        inquiry.memory.keep_what_holds(parts)
        prepared = inquiry.memory.prepared
        with inquiry.clock.stage("facts"):
            for index in checkable:
                if index in prepared:
                    continue
                deadline.check("the checks of facts")
                statement = prepare(parts[index], answer, request.question, inquiry.as_of.date())
                near = base.near(statement, keys)
                facts = check_facts(statement, near, base.surroundings(statement, keys))
                restated = restate(parts[index].resolved or parts[index].statement, [each.check for each in facts])
                hypothesis = reworded(restated, [candidate.segment.whole for candidate in near])
                evidence = base.for_claim(hypothesis, statement, near, keys)
                prepared[index] = Prepared(parts[index], hypothesis, evidence, facts)
        with inquiry.clock.stage("entailment"):
            judged = self._judge(
                self.remember(inquiry.scope, self.entailment), prepared, inquiry.memory.scores, deadline
            )
        decider = Decider(
            policy.thresholds, self.calibration, base.passages, base.out_of_date, policy.conflicts.rank_by
        )
        verdicts: list[ClaimVerdict] = []
        for index, part in enumerate(parts):
            if not part.is_checkable:
                verdicts.append(not_a_claim(part))
            elif index in too_large:
                verdicts.append(not_checked(part, ReasonCode.OVERSIZE, too_large[index]))
            else:
                verdicts.append(decider(_weighed(prepared[index], judged[index])))
        findings = answer_findings(request.question, parts, verdicts, base.passages, base.segments)
        return _Checked(tuple(verdicts), tuple(prepared[index].evidence for index in checkable), findings)

    @staticmethod
    def _judge(
        model: EntailmentModel,
        prepared: Mapping[int, Prepared],
        scores: dict[Pair, NDArray[np.float32]],
        deadline: Deadline,
    ) -> dict[int, tuple[Judged, ...]]:
        """All pairs of all claims in one call of the model; those that `scores` has are not read again."""
        pairs: list[Pair] = [
            (premise.text, each.hypothesis) for each in prepared.values() for premise in each.evidence.premises
        ]
        unread = [pair for pair in dict.fromkeys(pairs) if pair not in scores]
        scores.update(zip(unread, score_pairs(model, unread, deadline), strict=True))
        return {
            index: tuple(_judged(premise, scores[premise.text, each.hypothesis]) for premise in each.evidence.premises)
            for index, each in prepared.items()
        }

    def _conclude(self, inquiry: Inquiry, answer: str, checked: _Checked, suspicions: tuple[Suspicion, ...]) -> Verdict:
        policy, gathered = inquiry.policy, inquiry.gathered
        confidence = answer_confidence(checked.claims, self.calibration.others)
        categories = inquiry.categories(answer, checked.claims)
        stand_in = self.entailment.degradation
        degraded = (*gathered.degraded, *((stand_in,) if stand_in else ()))
        careful = cautions(policy.caution, suspicions, checked.claims, gathered.passages)
        findings = (*gathered.findings, *checked.findings, *careful)
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
            evidence_read=round(inquiry.base.share_read(checked.evidence) if checked.evidence else 0.0, 6),
            claims=checked.claims,
            passages=gathered.passages,
            reasons=routing.reasons,
            categories=categories,
            degraded=degraded,
            versions=versions,
            timings=inquiry.clock.timings,
            suspicions=suspicions,
        )

    def _kept(self, request: ValidationRequest, verdict: Verdict, clock: Clock) -> Verdict:
        """The verdict with its case's id; a case that cannot be stored is declared, and the verdict stands."""
        if verdict.decision is Decision.PASS:
            return replace(verdict, timings=clock.timings)
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
                timings=clock.timings,
            )
        return replace(verdict, review_case_id=case_id, timings=clock.timings)


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


def _oversize(inquiry: Inquiry, answer: str) -> Reason | None:
    limits, passages = inquiry.policy.limits, inquiry.gathered.passages
    evidence = sum(len(passage.text) for passage in passages)
    for what, size, limit in (
        ("The answer has {} characters", len(answer), limits.answer_characters),
        ("There are {} passages", len(passages), limits.passages),
        ("The passages have {} characters", evidence, limits.evidence_characters),
    ):
        if size > limit:
            message = f"{what.format(f'{size:,}')}; the policy checks at most {limit:,}, so nothing was checked."
            return Reason(ReasonCode.OVERSIZE, message)
    return None


def _too_large(part: Claim, count: int, policy: Policy) -> str:
    """Why a claim, the one with that `count` in the answer, is beyond what can be checked, or the empty string."""
    if not part.is_checkable:
        return ""
    if count > policy.limits.claims:
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
    return _Checked(verdicts, findings=(reason, *answer_findings("", parts, verdicts, (), ())))


def _too_old(found: Retrieval) -> tuple[Reason, ...]:
    """Why nothing was found, if that is because all of it is older than the request accepts."""
    of_passages = [left.age for left in found.left_out if left.age is not None]
    of_fields = [field.age for field in found.card.fields if field.state is FieldState.STALE] if found.card else []
    ages = [*of_passages, *of_fields]
    if found.passages or not ages:
        return ()
    hours = min(ages) / timedelta(hours=1)
    message = f"Not checked: all the evidence found is older than was asked for; the newest is {hours:,.1f} hours old."
    return (Reason(ReasonCode.NO_EVIDENCE, message),)


def _no_evidence(gathered: Gathered) -> Reason:
    if gathered.findings:
        return gathered.findings[0]
    return Reason(ReasonCode.NO_EVIDENCE, "Not checked: there is no evidence to check against.")


# --- one claim ----------------------------------------------------------------------------------------------------------------


def _judged(premise: ClaimPremise, row: NDArray[np.float32]) -> Judged:
    return Judged(premise, float(row[0]), float(row[2]))


def _weighed(prepared: Prepared, judged: tuple[Judged, ...]) -> Weighed:
    near = prepared.evidence.near
    repeated = is_verbatim(prepared.part.statement, [candidate.segment.text for candidate in near])
    verbatim = near[repeated].segment if repeated is not None else None
    return Weighed(prepared.part, judged, prepared.facts, verbatim)
