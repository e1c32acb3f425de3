"""A validation under way: what was gathered for it, and what is known of its answer so far."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from server.domain import ClaimVerdict, Degradation, Passage, Reason, Timing, ValidationRequest
from server.models.base import Pair
from server.stages.categories import detect_categories
from server.stages.caution import Inspected, inspect_passage
from server.stages.claims import Claim
from server.stages.facts.comparison import FactResult
from server.stages.hidden import as_read, restored
from server.stages.policy import Policy
from server.stages.premises import ClaimEvidence, EvidenceBase


@dataclass(frozen=True, slots=True)
class Gathered:
    """The evidence of a request, and what went wrong in finding it."""

    passages: tuple[Passage, ...]
    revision: int = 0
    access_policy: str = ""
    degraded: tuple[Degradation, ...] = ()
    findings: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A claim that is ready for the model."""

    part: Claim
    hypothesis: str
    evidence: ClaimEvidence
    facts: tuple[FactResult, ...]


@dataclass(slots=True)
class Memory:
    """What is known of an answer's first parts, so that a longer answer that begins with them repeats no work.

    What a part is judged by depends on itself and the parts before it, so it holds for as long as those are read the same.
    """

    parts: tuple[Claim, ...] = ()
    prepared: dict[int, Prepared] = field(default_factory=dict)
    scores: dict[Pair, NDArray[np.float32]] = field(default_factory=dict)

    def keep_what_holds(self, parts: tuple[Claim, ...]) -> None:
        """Forgets what was prepared from the first part on that `parts` reads in another way."""
        same = next(
            (at for at, (old, new) in enumerate(zip(self.parts, parts, strict=False)) if old != new),
            min(len(self.parts), len(parts)),
        )
        self.prepared = {index: prepared for index, prepared in self.prepared.items() if index < same}
        self.parts = parts


@dataclass(slots=True)
class Clock:
    """Adds up how long each stage took."""

    microseconds: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Adds the time spent inside to a stage, whether or not that succeeds."""
        start = time.perf_counter_ns()
        try:
            yield
        finally:
            took = (time.perf_counter_ns() - start) // 1000
            self.microseconds[name] = self.microseconds.get(name, 0) + took

    @property
    def timings(self) -> tuple[Timing, ...]:
        """Each stage once, in the order of their first beginning."""
        return tuple(Timing(name, took) for name, took in self.microseconds.items())


@dataclass(frozen=True)
class Inquiry:
    """A validation under way: its evidence is gathered once, for an answer that may still grow.

    Not shared between threads at the same time.
    """

    request: ValidationRequest
    policy: Policy
    as_of: datetime
    gathered: Gathered
    clock: Clock
    memory: Memory = field(default_factory=Memory)

    @cached_property
    def inspected(self) -> tuple[Inspected, ...]:
        """Each passage as it is judged."""
        return tuple(inspect_passage(at, passage.text) for at, passage in enumerate(self.gathered.passages))

    @cached_property
    def base(self) -> EvidenceBase:
        """The evidence, cut when it is first asked for."""
        with self.clock.stage("evidence"):
            pairs = zip(self.gathered.passages, self.inspected, strict=True)
            read = [as_read(passage, inspected.visible) for passage, inspected in pairs]
            return EvidenceBase(read, self.as_of, self.policy.max_age_days)

    def as_sent(self, claims: Sequence[ClaimVerdict], answer: Inspected) -> tuple[ClaimVerdict, ...]:
        """Verdicts on the text that was judged, with their spans in the texts as they were sent."""
        passages = [each.visible for each in self.inspected]
        return tuple(restored(claim, answer.visible, passages) for claim in claims)

    def categories(self, answer: str, claims: Sequence[ClaimVerdict]) -> tuple[str, ...]:
        """The request's categories, and those detected in the question, the answer and the titles of what is cited."""
        titles = {
            self.gathered.passages[citation.passage].attributes.title
            for claim in claims
            for citation in claim.citations
        }
        detected = detect_categories(self.policy, (self.request.question, answer, *sorted(titles)))
        return tuple(dict.fromkeys((*self.request.categories, *detected)))

    @property
    def scope(self) -> str:
        """What tells callers apart who may see different things: equal for the same rights under the same policies."""
        return f"{self.request.caller.fingerprint} {self.gathered.access_policy}"

    def about(self, answer: str) -> ValidationRequest:
        """The request with `answer` as its answer."""
        return replace(self.request, answer=answer)
