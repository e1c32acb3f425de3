"""Runs generated claims through validation with a model that entails everything, so that only the checks can object."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.facts.changes import Change, equivalents, mutations
from eval.facts.statements import FORMS, Statement, draw_evidence, draw_statement
from server.deadline import NEVER, Deadline
from server.domain import LOCAL_CALLER, Degradation, Label, Passage, Query, Retrieval, ValidationRequest, Verdict
from server.models.base import Pair
from server.stages.policy import load_policies
from server.usecases.validate import ValidateAnswer


class Credulous:
    """Entails every pair with a probability of 0.99."""

    version = "credulous"
    degradation: Degradation | None = None

    def score(self, pairs: Sequence[Pair], deadline: Deadline = NEVER) -> NDArray[np.float32]:
        """The same row for every pair."""
        deadline.check("scoring")
        return np.tile(np.array([[0.99, 0.01, 0.0]], dtype=np.float32), (len(pairs), 1))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one claim; `is_right` when a mutation was flagged or an equivalent was not."""

    kind: str
    is_mutation: bool
    is_flagged: bool
    claim: str
    statement: str
    reason: str

    @property
    def is_right(self) -> bool:
        """Whether the verdict was the one deserved."""
        return self.is_flagged == self.is_mutation


def run(seed: int, count: int) -> list[Outcome]:
    """`count` mutations and `count` equivalents drawn from `seed`, each judged alone."""
    validate = ValidateAnswer(Credulous(), _no_retrieval, _no_case, load_policies())
    return [
        _judge(validate, *case, is_mutation=is_mutation)
        for is_mutation in (True, False)
        for case in _take(seed, count, is_mutation)
    ]


def summarise(outcomes: Sequence[Outcome]) -> str:
    """One line for each kind of change and two for the totals: the share flagged."""
    lines = []
    for is_mutation, title in ((True, "mutations"), (False, "equivalents")):
        chosen = [outcome for outcome in outcomes if outcome.is_mutation is is_mutation]
        kinds = sorted({outcome.kind for outcome in chosen})
        lines += [_share(f"  {kind}", [outcome for outcome in chosen if outcome.kind == kind]) for kind in kinds]
        lines.append(_share(f"{title} flagged", chosen))
    return "\n".join(lines)


def _share(title: str, outcomes: Sequence[Outcome]) -> str:
    flagged = sum(outcome.is_flagged for outcome in outcomes)
    return f"{title:<22} {flagged:>5} of {len(outcomes):>5}  {100 * flagged / max(1, len(outcomes)):6.2f} %"


def _take(seed: int, count: int, is_mutation: bool) -> Iterator[tuple[str, Statement, Change]]:
    chance = random.Random(f"{seed}:{is_mutation}")
    taken = form = 0
    while taken < count:
        statement = draw_statement(chance, form)
        evidence = draw_evidence(chance, statement)
        changes = list(mutations(chance, statement)) if is_mutation else list(equivalents(statement))
        form += 1
        if changes:
            yield evidence, statement, changes[form // len(FORMS) % len(changes)]
            taken += 1


def _judge(
    validate: ValidateAnswer, evidence: str, statement: Statement, change: Change, *, is_mutation: bool
) -> Outcome:
    request = ValidationRequest(LOCAL_CALLER, change.claim, passages=(Passage("evidence", evidence),))
    claim = validate(request).claims[0]
    return Outcome(
        change.kind, is_mutation, claim.label is not Label.SUPPORTED, change.claim, statement.text, claim.reason
    )


def _no_retrieval(query: Query, deadline: Deadline) -> Retrieval:
    raise AssertionError(f"nothing is retrieved here: {query.text}, {deadline.remaining}")


def _no_case(request: ValidationRequest, verdict: Verdict) -> str:
    return f"{request.caller.tenant}-{verdict.decision}"
