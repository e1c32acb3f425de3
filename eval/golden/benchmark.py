"""Runs golden cases through the service and tells what came out otherwise than it should."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import groundwire
from eval.golden.cases import GoldenCase
from groundwire.v1.evidence_pb2 import Filter
from groundwire.v1.guard_pb2 import Decision, Label, ValidateRequest, ValidateResponse
from server.commands.retrieve import retrieve_spec
from server.commands.terminal import enum_name, to_timestamp

PASSAGES = 8
"""Passages that are retrieved for a case."""

_CALLERS = 4
_LIST_MARKER = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that a verdict says otherwise than its case; `what` is "decision" or the text of a claim."""

    case_id: str
    what: str
    expected: str
    said: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case.

    `let_through` is the gravest mistake: the answer passes although it must not. `claims_right` of `claims` have their label;
    a claim that the service cut otherwise counts as wrong.
    """

    case: GoldenCase
    decision: str
    differences: tuple[Difference, ...]
    claims_right: int

    @property
    def is_right(self) -> bool:
        """Whether the decision is the expected one."""
        return self.decision == self.case.decision

    @property
    def let_through(self) -> bool:
        """Whether an answer passes that must not."""
        return self.decision == "PASS" != self.case.decision


@dataclass(frozen=True, slots=True)
class GoldenFigures:
    """Counts over some cases, and the versions that gave the verdicts."""

    cases: int
    decisions_right: int
    let_through: int
    held_back: int
    claims: int
    claims_right: int


def run(client: groundwire.Client, cases: Sequence[GoldenCase]) -> Iterator[Outcome]:
    """The outcome of each case, in order, several calls at once."""
    with ThreadPoolExecutor(_CALLERS) as callers:
        for case, verdict in zip(cases, callers.map(lambda case: _verdict(client, case), cases), strict=True):
            yield outcome(case, verdict)


def _verdict(client: groundwire.Client, case: GoldenCase) -> ValidateResponse:
    # Documents that are named may stand in any collection, as where a policy and a handbook disagree.
    collections = [] if case.documents else [case.collection]
    spec = retrieve_spec("", collections, case.entity, case.as_of, PASSAGES)
    spec.filter.CopyFrom(Filter(document_ids=case.documents))
    request = ValidateRequest(
        answer=case.answer,
        question=case.question,
        categories=case.categories,
        retrieve=spec,
        as_of=to_timestamp(case.as_of),
    )
    return client.guard.Validate(request, timeout=_SECONDS)


def outcome(case: GoldenCase, verdict: ValidateResponse) -> Outcome:
    """`verdict` held against `case`."""
    decision = enum_name(Decision.DESCRIPTOR, verdict.decision)
    said = {_unmarked(claim.text): enum_name(Label.DESCRIPTOR, claim.label) for claim in verdict.claims}
    differences = [
        Difference(case.case_id, claim.text, claim.label, said.get(_unmarked(claim.text), "cut otherwise"))
        for claim in case.claims
        if said.get(_unmarked(claim.text)) != claim.label
    ]
    right = len(case.claims) - len(differences)
    if decision != case.decision:
        differences.insert(0, Difference(case.case_id, "decision", case.decision, decision))
    return Outcome(case, decision, tuple(differences), right)


def _unmarked(text: str) -> str:
    """The text of a claim without the marker of its list item, which is no part of what it says."""
    return _LIST_MARKER.sub("", text).strip()


def figures_of(outcomes: Iterable[Outcome]) -> GoldenFigures:
    """The counts over `outcomes`."""
    each = list(outcomes)
    return GoldenFigures(
        cases=len(each),
        decisions_right=sum(found.is_right for found in each),
        let_through=sum(found.let_through for found in each),
        held_back=sum(found.case.decision == "PASS" != found.decision for found in each),
        claims=sum(len(found.case.claims) for found in each),
        claims_right=sum(found.claims_right for found in each),
    )
