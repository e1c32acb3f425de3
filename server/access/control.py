"""Who may see which document: the fixed rules and the policies, decided once for all documents that they cannot tell apart.

Before a search, the decisions select the entries of a tenant's columns, so that what the caller may not see influences neither
the ranking nor its statistics; after it, the record of every hit is decided on again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from server.access.policies import AccessPolicies, Decision
from server.access.rules import Action, permits
from server.domain import Caller, Resource
from server.stores.index.columns import Columns

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

    def decide(self, resource: Resource) -> Decision:
        """Whether the caller, and whom it acts for, may; with the policies that decided."""
        return self._decide_all([resource])[0]

    def allows(self, resource: Resource) -> bool:
        """Whether the caller, and whom it acts for, may."""
        return self.decide(resource).allowed

    def among(self, columns: Columns, entries: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Those of the entries whose documents are allowed, as a mask."""
        verdicts = self._verdicts_on(columns)
        of_entry = verdicts.known[columns.resource_of]
        if np.any(entries & (of_entry == _UNKNOWN)):
            wanted = np.unique(columns.resource_of[entries & (of_entry == _UNKNOWN)])
            for start in range(0, len(wanted), _AT_A_TIME):
                some = wanted[start : start + _AT_A_TIME]
                decisions = self._decide_all([columns.resources[i] for i in some.tolist()])
                verdicts.known[some] = [_YES if decision.allowed else _NO for decision in decisions]
            of_entry = verdicts.known[columns.resource_of]
        allowed: NDArray[np.bool_] = entries & (of_entry == _YES)
        return allowed

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
