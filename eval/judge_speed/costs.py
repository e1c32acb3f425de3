"""What one verdict costs in pairs, tokens and processor time, by how the model is asked."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from eval.judge_speed.answers import drawn_requests, with_a_new_claim
from eval.speed.parts import Recording, in_batches, one_at_a_time, read_tokens, validator
from server.config import Settings
from server.domain import ValidationRequest
from server.models.base import Pair
from server.models.loading import load_entailment
from server.models.remembered import ScoreMemory
from server.models.scheduler import Scheduler, Tokens
from server.models.tokens import count_tokens, load_tokenizer
from server.models.weights import open_weights
from server.stages.claims import split_claims
from server.stages.evidence import Evidence
from server.usecases.validate import ValidateAnswer


@dataclass(frozen=True, slots=True)
class Cost:
    """Pairs, tokens and milliseconds of processor time that the model takes for a verdict, in the mean."""

    pairs: float
    tokens: float
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Costs:
    """The model's cost of a verdict by the way it is asked, and the milliseconds of processor time of all else."""

    answers: int
    by_way: Mapping[str, Cost]
    milliseconds_beside: float


WHOLE, WINDOWS, SELECTED = "every passage whole", "every window", "selected windows"
BATCHES = "selected, in padded batches of like length across answers"
AGAIN, CHANGED = "selected, the same answer again", "selected, again with one of five claims new"


def measure_costs(settings: Settings, answers: int, turns: int) -> Costs:
    """The costs of drawn answers; what is compared is measured in turns, and the medians are taken."""
    tokenizer = load_tokenizer(open_weights(settings.entailment, "entailment").tokenizer)
    requests = drawn_requests(answers, partial(count_tokens, tokenizer))
    scheduler = Scheduler()
    try:
        recording = Recording(load_entailment(settings.entailment, scheduler))
        asked = _asked(recording, validator(settings, recording), requests)
        remembering = validator(settings, recording, ScoreMemory(100_000).of)
        _asked(recording, remembering, requests)
        again = _asked(recording, remembering, requests)
        changed = _asked(recording, remembering, [with_a_new_claim(request) for request in requests])
        beside = _milliseconds(lambda: [remembering(request) for request in requests], answers)
    finally:
        scheduler.close()
    ways = {
        WHOLE: [
            (passage.text, claim) for request in requests for claim in _claims(request) for passage in request.passages
        ],
        WINDOWS: [pair for request in requests for pair in _every_window(request)],
        SELECTED: asked,
        BATCHES: asked,
        AGAIN: again,
        CHANGED: changed,
    }
    sequences = {way: read_tokens(settings.entailment, pairs) for way, pairs in ways.items()}
    spent = _in_turns(settings.entailment / "model.onnx", sequences, answers, turns)
    by_way = {
        way: Cost(len(ways[way]) / answers, sum(map(len, sequences[way])) / answers, spent[way]) for way in sequences
    }
    return Costs(answers, by_way, beside)


def _asked(recording: Recording, validate: ValidateAnswer, requests: Sequence[ValidationRequest]) -> list[Pair]:
    recording.pairs.clear()
    for request in requests:
        validate(request)
    return list(recording.pairs)


def _claims(request: ValidationRequest) -> list[str]:
    return [claim.statement for claim in split_claims(request.answer) if claim.is_checkable]


def _every_window(request: ValidationRequest) -> list[Pair]:
    windows = Evidence([passage.text for passage in request.passages]).windows()
    return [(window.text, claim) for claim in _claims(request) for window in windows]


def _in_turns(model: Path, sequences: Mapping[str, Sequence[Tokens]], answers: int, turns: int) -> dict[str, float]:
    """Median milliseconds of processor time for each way and answer; one thread, so that nothing waits for another."""
    alone, batched = one_at_a_time(model, threads=1), in_batches(model, threads=1)
    spent: dict[str, list[float]] = {way: [] for way in sequences}
    for _ in range(turns):
        for way, read in sequences.items():
            run = batched if way == BATCHES else alone
            spent[way].append(_milliseconds(partial(run, read), answers))
    return {way: statistics.median(values) for way, values in spent.items()}


def _milliseconds(work: Callable[[], object], answers: int) -> float:
    """Milliseconds of this process's processor time that `work` takes for each of `answers`."""
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000 / answers
