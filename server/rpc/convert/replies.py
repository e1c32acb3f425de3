"""What replies say of how they came about."""

from __future__ import annotations

from collections.abc import Sequence

from groundwire.v1 import evidence_pb2
from server import domain


def degradations(degraded: Sequence[domain.Degradation]) -> list[evidence_pb2.Degradation]:
    """What answered with less than it should have."""
    return [evidence_pb2.Degradation(component=d.component, reason=d.reason, message=d.message) for d in degraded]


def timings(stages: Sequence[domain.Timing]) -> list[evidence_pb2.StageTiming]:
    """How long the stages took."""
    return [evidence_pb2.StageTiming(stage=t.stage, microseconds=t.microseconds) for t in stages]
