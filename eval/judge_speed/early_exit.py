"""What it would bring, and risk, not to ask the model about claims that repeat a sentence of the evidence word for word.

A claim counts as settled when a current statement of the evidence is the claim word for word, and every fact in it is borne out
with nothing that opposes it. The service does ask about such claims: another passage may say otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from eval.grounding.rows import Row
from eval.speed.parts import Recording, validator
from server.config import Settings
from server.deadline import NEVER, Deadline
from server.domain import LOCAL_CALLER, Degradation, FactOutcome, Passage, ValidationRequest
from server.models.base import EntailmentModel, Pair
from server.models.loading import load_entailment
from server.models.remembered import ScoreMemory
from server.models.scheduler import Scheduler
from server.stages.overlap import is_verbatim
from server.usecases.inquiry import Prepared

_SURE = (1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class EarlyExit:
    """Of answers that people or other models wrote: claims, those settled without the model, and the pairs that they cost.

    `changed` are the claims whose label would be another, `decisions_changed` the answers whose decision would be.
    """

    answers: int
    claims: int
    settled: int
    pairs: int
    pairs_of_settled: int
    changed: int
    decisions_changed: int


@dataclass
class _Believing:
    """The model, but for claims that are settled: those it believes."""

    model: EntailmentModel
    settled: frozenset[str] = field(default_factory=frozenset)

    @property
    def version(self) -> str:
        return self.model.version

    @property
    def degradation(self) -> Degradation | None:
        return self.model.degradation

    def score(self, pairs: Sequence[Pair], deadline: Deadline = NEVER) -> NDArray[np.float32]:
        scores = self.model.score(pairs, deadline)
        for at, (_, hypothesis) in enumerate(pairs):
            if hypothesis in self.settled:
                scores[at] = _SURE
        return scores


def measure_early_exit(settings: Settings, rows: Sequence[Row]) -> EarlyExit:
    """Each row twice: with the model asked about every claim, and with settled claims taken for supported."""
    found = EarlyExit(0, 0, 0, 0, 0, 0, 0)
    scheduler = Scheduler()
    try:
        recording = Recording(load_entailment(settings.entailment, scheduler))
        remembered = ScoreMemory(1_000_000).of("", recording)
        asking = validator(settings, remembered)
        for row in rows:
            request = _request(row)
            recording.pairs.clear()
            inquiry = asking.open(request)
            verdict = asking.conclude(inquiry, request.answer, NEVER)
            prepared = list(inquiry.memory.prepared.values())
            settled = frozenset(each.hypothesis for each in prepared if _is_settled(each))
            again = validator(settings, _Believing(remembered, settled))(request)
            pairs = zip(verdict.claims, again.claims, strict=True)
            found = replace(
                found,
                answers=found.answers + 1,
                claims=found.claims + len(prepared),
                settled=found.settled + sum(each.hypothesis in settled for each in prepared),
                pairs=found.pairs + len(recording.pairs),
                pairs_of_settled=found.pairs_of_settled + sum(claim in settled for _, claim in recording.pairs),
                changed=found.changed + sum(old.label is not new.label for old, new in pairs),
                decisions_changed=found.decisions_changed + (verdict.decision is not again.decision),
            )
    finally:
        scheduler.close()
    return found


def _request(row: Row) -> ValidationRequest:
    parts = [part for part in row.premise.split("\n\n") if part.strip()]
    passages = tuple(Passage(f"p{number}", part) for number, part in enumerate(parts, start=1))
    return ValidationRequest(LOCAL_CALLER, row.hypothesis, row.question, passages)


def _is_settled(prepared: Prepared) -> bool:
    stated = [candidate.segment.text for candidate in prepared.evidence.near]
    borne_out = all(each.check.outcome is FactOutcome.MATCH and each.opposed is None for each in prepared.facts)
    return borne_out and is_verbatim(prepared.part.statement, stated) is not None
