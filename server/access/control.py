"""Who may see which document: the fixed rules and the policies, decided once for all documents that they cannot tell apart.

Before a search, the decisions select the entries of a tenant's columns, so that what the caller may not see influences neither
the ranking nor its statistics; after it, the record of every hit is decided on again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from server.access.policies import AccessPolicies, Decision
from server.access.rules import Action, permits
from server.domain import Caller, Resource
from server.stores.index.columns import Columns
from server.stores.index.ranking import are_few

_CALLERS = 1_024
_REFUSED = Decision(False)
_UNKNOWN, _NO, _YES = 0, 1, 2
_AT_A_TIME = 256


class Rights:
    """What one caller may do with documents, under one version of the policies; safe to use from many threads."""

    def __init__(self, caller: Caller, action: Action, policies: AccessPolicies, server_region: str) -> None:
        self.caller = caller
        self.policies = policies
        self.server_region = server_region
        self._action = action
        self._decided: dict[Resource, Decision] = {}
        self._verdicts = _Verdicts(())
        self._reach = _Reach(())

    def decide(self, resource: Resource) -> Decision:
        """Whether the caller, and whom it acts for, may; with the policies that decided."""
        if not self._within_rules(resource):
            return _REFUSED
        decided = self._decided.get(self.policies.alike(resource))
        return self._decide_all([resource])[0] if decided is None else decided

    def allows(self, resource: Resource) -> bool:
        """Whether the caller, and whom it acts for, may."""
        return self.decide(resource).allowed

    def among(self, columns: Columns, entries: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Those of the entries whose documents are allowed, as a mask."""
        return entries & self._allowed(columns, columns.resource_of, entries)

    def few_rows(self, columns: Columns, *, decide_all: bool) -> NDArray[np.int32] | None:
        """The rows whose documents are allowed, gone ones included, ascending; None unless they are few.

        What was found is kept, and rows that came since are added to it, so that the time depends on what is allowed and not
        on what there is. Where many documents are undecided yet, None as well, unless asked to `decide_all`.
        """
        total, reach = len(columns.entry_of), self._reach
        if reach.resources is not columns.resources or (reach.rows is None and are_few(reach.count, total)):
            reach = _Reach(columns.resources)
        if total > reach.examined:
            if not decide_all and np.count_nonzero(self._verdicts_on(columns).known == _UNKNOWN) > _AT_A_TIME:
                return None
            numbers = columns.resource_of[columns.entry_of[reach.examined : total]]
            reach = self._reach = reach.followed_by(self._allowed(columns, numbers))
        # The columns may be older than what is known: of these, rows past their end are not.
        return None if reach.rows is None else reach.rows[: np.searchsorted(reach.rows, total)]

    def _allowed(
        self, columns: Columns, numbers: NDArray[np.int32], asked: NDArray[np.bool_] | bool = True
    ) -> NDArray[np.bool_]:
        """Which of some documents, by their numbers among the resources of columns, are allowed; decided where `asked`."""
        known = self._verdicts_on(columns).known
        verdicts = known[numbers]
        undecided = (verdicts == _UNKNOWN) & asked
        if undecided.any():
            wanted = np.unique(numbers[undecided])
            for start in range(0, len(wanted), _AT_A_TIME):
                some = wanted[start : start + _AT_A_TIME]
                decisions = self._decide_all([columns.resources[i] for i in some.tolist()])
                known[some] = [_YES if decision.allowed else _NO for decision in decisions]
            verdicts = known[numbers]
        return np.asarray(verdicts == _YES)

    def _verdicts_on(self, columns: Columns) -> _Verdicts:
        """The verdicts that are known on the documents of columns, with room for all of them."""
        verdicts = self._verdicts
        if verdicts.resources is not columns.resources or len(verdicts.known) < len(columns.resources):
            verdicts = verdicts.grown(columns.resources)
            self._verdicts = verdicts
        return verdicts

    def _decide_all(self, resources: Sequence[Resource]) -> list[Decision]:
        permitted = [self._within_rules(resource) for resource in resources]
        alike = [self.policies.alike(resource) for resource in resources]
        asked = list(
            dict.fromkeys(a for a, yes in zip(alike, permitted, strict=True) if yes and a not in self._decided)
        )
        if asked:
            self._decided.update(zip(asked, self._asked(asked), strict=True))
        return [self._decided[a] if yes else _REFUSED for a, yes in zip(alike, permitted, strict=True)]

    def _within_rules(self, resource: Resource) -> bool:
        return all(permits(who, self._action, resource, self.server_region) for who in self.caller.principals)

    def _asked(self, resources: Sequence[Resource]) -> list[Decision]:
        """The policies' decisions: what is allowed to every principal."""
        each = [
            self.policies.decide(who, self._action, resources, self.server_region) for who in self.caller.principals
        ]
        return [_together(decisions) for decisions in zip(*each, strict=True)]


class _Verdicts:
    """What is known about the documents of some columns; numbers of documents never change their meaning."""

    def __init__(self, resources: Sequence[Resource]) -> None:
        self.resources = resources
        self.known: NDArray[np.int8] = np.zeros(len(resources), dtype=np.int8)

    def grown(self, resources: Sequence[Resource]) -> _Verdicts:
        """The same with room for more, or nothing for the documents of other columns."""
        larger = _Verdicts(resources)
        if resources is self.resources:
            larger.known[: len(self.known)] = self.known
        return larger


@dataclass(frozen=True, slots=True, eq=False)
class _Reach:
    """Which of the first `examined` rows of some columns are allowed: how many, and by number, ascending, while they are few."""

    resources: Sequence[Resource]
    examined: int = 0
    count: int = 0
    rows: NDArray[np.int32] | None = field(default_factory=lambda: np.empty(0, dtype=np.int32))

    def followed_by(self, allowed: NDArray[np.bool_]) -> _Reach:
        """With more rows, of which some are allowed."""
        examined, count = self.examined + len(allowed), self.count + int(np.count_nonzero(allowed))
        rows = None
        if self.rows is not None and are_few(count, examined):
            rows = np.concatenate([self.rows, np.flatnonzero(allowed).astype(np.int32) + np.int32(self.examined)])
        return replace(self, examined=examined, count=count, rows=rows)


class AccessControl:
    """Hands out the rights of callers; what was decided for one is kept for its next calls."""

    def __init__(self, policies: Callable[[], AccessPolicies], server_region: str = "") -> None:
        """Decides by the policies that are in force at each call."""
        self._policies = policies
        self._region = server_region
        self._kept: OrderedDict[tuple[str, Action, str], Rights] = OrderedDict()
        self._keeping = Lock()

    @property
    def region(self) -> str:
        """The region of this server, "" for none."""
        return self._region

    def rights(self, caller: Caller, action: Action) -> Rights:
        """What a caller may do with documents from now on, until the end of its call."""
        policies = self._policies()
        key = (caller.fingerprint, action, policies.version)
        with self._keeping:
            rights = self._kept.pop(key, None) or Rights(caller, action, policies, self._region)
            self._kept[key] = rights
            if len(self._kept) > _CALLERS:
                self._kept.popitem(last=False)
        return rights


def _together(decisions: Sequence[Decision]) -> Decision:
    names = {name for decision in decisions for name in decision.policies}
    return Decision(all(decision.allowed for decision in decisions), tuple(sorted(names)))
