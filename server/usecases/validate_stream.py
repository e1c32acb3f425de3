"""Validates an answer while it is written: each claim when it closes, the whole at the end.

The text so far is cut into claims again whenever a sentence may have closed, and what was worked out for claims that still read
the same is not worked out again. The end is `ValidateAnswer` itself on the whole text, so a stream and a single call agree.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from server.deadline import NEVER, Deadline
from server.domain import (
    ClaimJudged,
    ClaimRetracted,
    ClaimVerdict,
    Finalised,
    Label,
    Leak,
    Passage,
    StreamEvent,
    ValidationRequest,
    WritingStopped,
)
from server.stages.policy import Policy
from server.stages.routing import blocks
from server.usecases.inquiry import Inquiry
from server.usecases.validate import ValidateAnswer

_MAY_CLOSE = re.compile(r"[.!?…\"'”’»)\]*_|`]\s|[。！？]|\n\s*\S|\n[ \t\r]*\n")
"""Where a part may close, or where the first letters after it show that it did not."""
_LONGEST_TAIL = 64


@dataclass(frozen=True, slots=True)
class ValidateAnswerStream:
    """Opens the validation of an answer that is still being written."""

    validate: ValidateAnswer

    def __call__(self, request: ValidationRequest, deadline: Deadline = NEVER) -> GrowingAnswer:
        """Gathers the evidence; the answer of `request` is not used. Raises `InvalidInput` as `ValidateAnswer` does."""
        return GrowingAnswer(self.validate, self.validate.open(request, deadline))


class GrowingAnswer:
    """An answer and the verdicts that stand on it so far; used by one thread at a time.

    `written` is all that was handed in, `is_due` whether a sentence may have closed that nobody has judged.
    """

    def __init__(self, validate: ValidateAnswer, inquiry: Inquiry) -> None:
        self._validate = validate
        self._inquiry = inquiry
        self.is_due = False
        self._texts: list[str] = []
        self._tail = ""
        self._piece_ends: list[int] = [0]
        self._standing: list[ClaimJudged] = []
        self._numbered = 0
        self._stopped_at: int | None = None

    @property
    def written(self) -> str:
        """All pieces in one."""
        self._texts = ["".join(self._texts)]
        return self._texts[0]

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The evidence that citations refer to."""
        return self._inquiry.gathered.passages

    def add(self, piece: str) -> None:
        """Take the next piece; cheap, since it judges nothing. After a stop nothing is due before the end."""
        self._texts.append(piece)
        self._piece_ends.append(self._piece_ends[-1] + len(piece))
        recent = self._tail + piece
        if self._stopped_at is None and _MAY_CLOSE.search(recent):
            self.is_due = True
        self._tail = recent[max(0, len(recent.rstrip()) - 1) :][-_LONGEST_TAIL:]

    def judge(self, deadline: Deadline = NEVER) -> list[StreamEvent]:
        """What the answer so far brings about."""
        self.is_due = False
        events = self._changed_to(self._validate.so_far(self._inquiry, self.written, deadline))
        return [*events, *self._stop()]

    def end(self, deadline: Deadline = NEVER) -> list[StreamEvent]:
        """The verdicts that still change, and the verdict on the whole answer, kept as a case when it does not pass."""
        verdict = self._validate.conclude(self._inquiry, self.written, deadline)
        leak = None if self._stopped_at is None else self._leak(self._stopped_at)
        return [*self._changed_to(verdict.claims), Finalised(self.written, verdict, leak)]

    def _changed_to(self, verdicts: Sequence[ClaimVerdict]) -> list[StreamEvent]:
        """The events that lead from the verdicts that stand to `verdicts`."""
        events: list[StreamEvent] = []
        numbers = {judged.verdict: judged.number for judged in self._standing}
        kept = set(verdicts)
        events += [ClaimRetracted(judged.number) for judged in self._standing if judged.verdict not in kept]
        self._standing = []
        for verdict in verdicts:
            number = numbers.get(verdict)
            if number is None:
                self._numbered += 1
                number = self._numbered
                events.append(ClaimJudged(number, verdict))
            self._standing.append(ClaimJudged(number, verdict))
        return events

    def _stop(self) -> list[StreamEvent]:
        categories = self._inquiry.categories(self.written, [judged.verdict for judged in self._standing])
        crossing = _crossing(self._inquiry.policy, self._standing, categories)
        if crossing is None:
            return []
        self._stopped_at = crossing.verdict.span.start
        return [WritingStopped(crossing.number, crossing.verdict.reason, self._leak(self._stopped_at))]

    def _leak(self, start: int) -> Leak:
        leaked = self.written[start:]
        return Leak(len(leaked.encode()), len(leaked), sum(end > start for end in self._piece_ends))


def _crossing(policy: Policy, standing: Sequence[ClaimJudged], categories: tuple[str, ...]) -> ClaimJudged | None:
    """The first claim with which the policy's limit is crossed, if it is."""
    blocking = flagged = 0
    for judged in standing:
        blocking += blocks(policy, judged.verdict, categories)
        flagged += judged.verdict.label not in {Label.SUPPORTED, Label.NOT_A_CLAIM}
        if 0 < policy.stop.blocking_claims <= blocking or 0 < policy.stop.flagged_claims <= flagged:
            return judged
    return None
