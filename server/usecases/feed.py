"""A feed of changes: documents stored and removed as they change elsewhere, each change applied once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from chunkers import ChunkLimits, parse
from server.access.control import AccessControl, Rights
from server.access.rules import Action
from server.deadline import NEVER, Deadline
from server.domain import (
    Caller,
    Change,
    ChangeOutcome,
    ChangeStatus,
    DocumentKey,
    FeedProgress,
    Source,
    UpsertOutcome,
    UpsertStatus,
)
from server.models.base import Embedder
from server.stores.base import Advance, Documents, Feeds, Step
from server.usecases.drafting import DEFAULT_LIMITS, Drafter, Prepared, Read


@dataclass(frozen=True, slots=True)
class ApplyChanges:
    """Applies changes of one source in the order of their numbers; what was applied before is skipped."""

    feeds: Feeds
    documents: Documents
    embedder: Embedder
    access: AccessControl
    take_bytes: Callable[[str, int], None]
    limits: ChunkLimits = DEFAULT_LIMITS
    read: Read = parse

    def __call__(
        self, caller: Caller, source: str, changes: Sequence[Change], deadline: Deadline = NEVER
    ) -> FeedProgress:
        """One outcome for each change, in order, once all of them are durable and visible to every later query.

        They are applied in one commit, with the position that they move the feed to: after a failure none of them is, or all
        are, and sending them again is safe. A change that cannot be read or is not permitted is rejected by itself, and does
        not move the feed. Raises Overloaded for more than the tenant may store, DeadlineExceeded, ModelFailure and StoreFailure.
        """
        position = self.feeds.position(caller.tenant, source)
        sources = [change.what for change in changes if change.sequence > position and isinstance(change.what, Source)]
        self.take_bytes(caller.tenant, sum(len(each.content) for each in sources))
        rights = self.access.rights(caller, Action.WRITE)
        made = self._made(changes, position, rights, deadline)
        steps = [step for step in made if isinstance(step, Step)]
        may_delete = self.access.rights(caller, Action.DELETE).allows
        advance = self.feeds.apply(caller, source, steps, may_delete).result()
        return FeedProgress(_outcomes(changes, made, advance), advance.sequence, advance.revision)

    def _made(
        self, changes: Sequence[Change], position: int, rights: Rights, deadline: Deadline
    ) -> list[Step | UpsertOutcome]:
        """What is to be applied of each change, or why it is rejected; drafts are made of those that are new only."""
        drafter = Drafter(self.embedder, self.limits, self.read)
        new = [change for change in changes if change.sequence > position]
        current = self.documents.current([change.key for change in new])
        met: set[DocumentKey] = set()
        prepared: dict[int, UpsertOutcome | Prepared] = {}
        for place, change in enumerate(changes):
            if change.sequence > position and isinstance(change.what, Source):
                stored = current.get(change.key)
                if stored is not None and change.key in met:
                    # An earlier change of this call comes before: this one may not be compared with what is there now.
                    stored = replace(stored, fingerprint="")
                prepared[place] = drafter.prepare(change.what, stored, rights)
            met.add(change.key)
        readable = [each for each in prepared.values() if isinstance(each, Prepared)]
        drafts = iter(drafter.drafts(readable, rights.caller, deadline))
        made: list[Step | UpsertOutcome] = []
        for place, change in enumerate(changes):
            step = prepared.get(place)
            if isinstance(step, Prepared):
                made.append(Step(change.sequence, next(drafts)))
            elif step is not None and step.status is UpsertStatus.REJECTED:
                made.append(step)
            else:
                made.append(Step(change.sequence, change.what if isinstance(change.what, DocumentKey) else None))
        return made


def _outcomes(
    changes: Sequence[Change], made: Sequence[Step | UpsertOutcome], advance: Advance
) -> tuple[ChangeOutcome, ...]:
    taken = iter(advance.taken)
    outcomes = []
    for change, step in zip(changes, made, strict=True):
        if isinstance(step, UpsertOutcome):
            outcome = ChangeOutcome(
                change.sequence, change.key, ChangeStatus.REJECTED, reason=step.reason, message=step.message
            )
        elif (done := next(taken)) is None:
            outcome = ChangeOutcome(change.sequence, change.key, ChangeStatus.SKIPPED)
        else:
            status = ChangeStatus.APPLIED if done.changed else ChangeStatus.UNCHANGED
            outcome = ChangeOutcome(change.sequence, change.key, status, done.version, done.missing)
        outcomes.append(outcome)
    return tuple(outcomes)
