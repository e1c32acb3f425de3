"""Whether the weights of an installation are whole and answer, for `groundwire doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from server.errors import GroundwireError
from server.models.loading import load_embedder, load_entailment
from server.models.scheduler import Scheduler

_PREMISE = "The shop opens at nine in the morning from Monday to Friday."
_HYPOTHESIS = "The shop opens at nine in the morning."


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one model: `detail` is its version when `healthy`, and what is wrong with it when not."""

    model: str
    folder: Path
    healthy: bool
    detail: str


def verify_models(embedder: Path, entailment: Path) -> list[Finding]:
    """One finding for each folder, after checking its hashes, loading it and asking it one short question."""
    scheduler = Scheduler(threads=1)
    try:
        return [_verify_embedder(embedder, scheduler), _verify_entailment(entailment, scheduler)]
    finally:
        scheduler.close()


def _verify_embedder(folder: Path, scheduler: Scheduler) -> Finding:
    try:
        model = load_embedder(folder, scheduler)
        model.embed([_PREMISE])
    except GroundwireError as error:
        return Finding("embedder", folder, healthy=False, detail=error.message)
    if model.degradation is not None:
        return Finding("embedder", folder, healthy=False, detail=model.degradation.message)
    return Finding("embedder", folder, healthy=True, detail=model.version)


def _verify_entailment(folder: Path, scheduler: Scheduler) -> Finding:
    try:
        model = load_entailment(folder, scheduler)
        model.score([(_PREMISE, _HYPOTHESIS)])
    except GroundwireError as error:
        return Finding("entailment", folder, healthy=False, detail=error.message)
    if model.degradation is not None:
        return Finding("entailment", folder, healthy=False, detail=model.degradation.message)
    return Finding("entailment", folder, healthy=True, detail=model.version)
