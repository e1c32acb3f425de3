"""Judges single answers in this process, with the bundled model or with one that believes everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from eval.facts.benchmark import Credulous
from groundwire.v1 import guard_pb2
from server.config import WEIGHTS
from server.deadline import Deadline
from server.domain import LOCAL_CALLER, Passage, Query, Retrieval, ValidationRequest, Verdict
from server.models.base import EntailmentModel
from server.models.loading import load_entailment
from server.models.scheduler import Scheduler
from server.rpc.convert import validate_response
from server.stages.calibration import Calibration, load_calibration
from server.stages.policy import Policies, load_policies, parse_policy
from server.usecases.validate import ValidateAnswer

AS_OF = datetime(2026, 6, 1, tzinfo=UTC)
"""The moment that every generated question is about."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Validates an answer against passages; nothing is retrieved or stored."""

    validate: ValidateAnswer

    @classmethod
    def credulous(cls, policy: str = "") -> Judge:
        """With a model that entails everything, so that only the service's own checks can object; `policy` is YAML."""
        return cls(_validator(Credulous(), Calibration(), policy))

    @classmethod
    def bundled(cls) -> Judge:
        """With the model that the service ships with."""
        folder = WEIGHTS / "entailment"
        return cls(_validator(load_entailment(folder, Scheduler(None)), load_calibration(folder), ""))

    def __call__(self, answer: str, passages: Sequence[Passage], question: str = "") -> Verdict:
        """The verdict on `answer` at `AS_OF`."""
        return self.validate(_request(answer, passages, question))

    def wire(self, answer: str, passages: Sequence[Passage], question: str = "") -> guard_pb2.ValidateResponse:
        """The verdict as it is sent, without the times that stages took and the id of the case."""
        verdict = self(answer, passages, question)
        return validate_response(answer, replace(verdict, timings=(), review_case_id=""))


def _request(answer: str, passages: Sequence[Passage], question: str) -> ValidationRequest:
    return ValidationRequest(LOCAL_CALLER, answer, question, passages=tuple(passages), as_of=AS_OF)


def _validator(model: EntailmentModel, calibration: Calibration, policy: str) -> ValidateAnswer:
    policies = load_policies()
    if policy:
        own = parse_policy(policy, "the benchmark's policy")
        policies = Policies({own.name: own})
    return ValidateAnswer(model, _no_retrieval, _no_case, policies, calibration)


def _no_retrieval(query: Query, deadline: Deadline) -> Retrieval:
    raise AssertionError(f"nothing is retrieved here: {query.text}, {deadline.remaining}")


def _no_case(request: ValidationRequest, verdict: Verdict) -> str:
    return f"{request.model}{verdict.decision}"
