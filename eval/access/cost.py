"""What governance costs: the time of a retrieval with and without it, and how much of the true neighbours it leaves."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.speed.corpora import build_corpus
from eval.speed.prose import Prose
from server.access.audit.recording import Recorder
from server.access.control import AccessControl, Rights
from server.access.masking.masking import Masking
from server.access.masking.policy import MaskingPolicy
from server.access.policies import Decision, parse_access_policies
from server.access.rules import Action
from server.access.signing import KEY_FILE, keep_signing_key
from server.config import Settings
from server.deadline import NEVER
from server.domain import LOCAL_CALLER, Attributes, Caller, Filter, Query, Resource
from server.models.loading import load_embedder
from server.models.scheduler import Scheduler
from server.stores.index.columns import Columns
from server.stores.index.tenant import TenantView
from server.stores.store import Store, StoreSettings, open_store
from server.usecases.retrieve import RetrievePassages

SHARES: Mapping[str, int] = {"100 %": 1, "10 %": 10, "1 %": 100, "0.1 %": 1_000}
"""The share of documents that a group may read, and one in how many that is."""
_ONE_PERCENT = "1 %"
_KINDS = 200
_NEIGHBOURS = 10
_WARM_UP = 10
_POLICIES = """
@id("tenant") permit (principal, action, resource) when { principal.tenant == resource.tenant };
@id("drafts") forbid (principal, action, resource)
when { resource.labels.contains("draft") && !principal.roles.contains("writer") };
@id("customers") forbid (principal, action, resource)
when { !resource.entity_keys.isEmpty() }
unless { principal.hasTag("region") || resource.clearance <= principal.clearance };
"""


_MASKS = {
    "rules": [
        {"detect": ["payment_card", "iban", "national_id"], "action": "mask"},
        {"detect": ["birth_date"], "action": "generalise"},
        {"fields": ["salary", "bonus"], "action": "drop", "exempt": {"roles": ["payroll"]}},
        {"detect": ["email", "phone"], "action": "tokenise", "exempt": {"groups": ["support"]}},
    ]
}


@dataclass(frozen=True, slots=True)
class CostFigures:
    """Median milliseconds of a retrieval that finds the same documents with and without governance.

    `ungoverned` is without any, `masked` with policies and masks, `governed` with those and a durable audit record of each
    retrieval, which nobody shares; `ratio` is the last over the first. `first` is what the first retrieval of a new caller
    takes, when nothing is decided for it yet. `recall` is, by the share of documents that a caller may read, how many of the
    true ten nearest chunks among them dense search finds.
    """

    chunks: int
    ungoverned: float
    masked: float
    governed: float
    ratio: float
    first: float
    recall: Mapping[str, float]


class _EverythingAllowed(Rights):
    """No access control at all, for comparison."""

    def decide(self, resource: Resource) -> Decision:
        """Allowed."""
        del resource
        return Decision(True)

    def among(self, columns: Columns, entries: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """All of them."""
        del columns
        return entries

    def few_rows(self, columns: Columns, *, decide_all: bool) -> None:
        """Unknown, as everything is allowed."""
        del columns, decide_all


class _NoControl(AccessControl):
    """Hands out rights to everything."""

    def rights(self, caller: Caller, action: Action) -> Rights:
        """To everyone."""
        return _EverythingAllowed(caller, action, self._policies(), self.region)


def measure_cost(chunks: int, queries: int, settings: Settings) -> CostFigures:
    """Build a corpus in which groups may read different shares, and ask it `queries` questions on each side."""
    policies = parse_access_policies({"benchmark": _POLICIES})
    with tempfile.TemporaryDirectory(prefix="groundwire-access-") as folder:
        directory = Path(folder)
        build_corpus(directory, chunks, settings, attributes=_attributes)
        scheduler = Scheduler()
        try:
            embedder = load_embedder(settings.embedder, scheduler)
            store_settings = StoreSettings(directory, exact_limit=settings.exact_index_limit)
            key = keep_signing_key(directory / KEY_FILE)
            with open_store(
                store_settings, embedder=embedder.version, dimension=embedder.dimension, signer=key
            ) as store:
                control = AccessControl(lambda: policies)
                masking = Masking(MaskingPolicy.model_validate(_MASKS), key.derived("masking"), embedder.count_tokens)
                ungoverned = RetrievePassages(store.passages, embedder, _NoControl(lambda: policies))
                masked = RetrievePassages(store.passages, embedder, control, mask=masking.retrieval)
                governed = replace(masked, record=Recorder(store.audit).retrieval)
                without, with_masks, with_all = _in_turns((ungoverned, masked, governed), queries)
                first = statistics.median(_timed(governed, _asking("new", f"caller-{i}")) for i in range(5))
                recall = {name: _recall(store, control, name, queries) for name in SHARES}
        finally:
            scheduler.close()
    return CostFigures(chunks, without, with_masks, with_all, with_all / without, first, recall)


def _attributes(number: int) -> Attributes:
    """Document `number`: read by the groups of all shares that it falls into, and one of many kinds besides."""
    groups = tuple(name for name, every in SHARES.items() if number % every == 0)
    return Attributes(
        readers=groups,
        labels=(*groups, f"kind-{number % _KINDS}"),
        entity_keys=(f"customer/{number % _KINDS}",) if number % 3 else (),
    )


def _member(group: str, subject: str = "ann") -> Caller:
    return replace(LOCAL_CALLER, subject=subject, groups=(group,))


def _asking(question: str, subject: str = "ann") -> Query:
    """A question to the one percent that its caller may read; the filter asks for the same one percent."""
    return Query(_member(_ONE_PERCENT, subject), question, Filter(labels=(_ONE_PERCENT,)))


def _in_turns(sides: Sequence[RetrievePassages], queries: int) -> list[float]:
    """The median milliseconds of each, every question asked of all of them one after the other, in turning order."""
    prose = Prose(1)
    times: list[list[float]] = [[] for _ in sides]
    for number in range(queries + _WARM_UP):
        question = _asking(prose.question())
        for turn in range(len(sides)):
            side = (number + turn) % len(sides)
            spent = _timed(sides[side], question)
            if number >= _WARM_UP:
                times[side].append(spent)
    return [statistics.median(each) for each in times]


def _timed(retrieve: Callable[[Query], object], query: Query) -> float:
    started = time.perf_counter()
    retrieve(query)
    return 1_000 * (time.perf_counter() - started)


def _recall(store: Store, control: AccessControl, group: str, queries: int) -> float:
    """The share of the true nearest among the chunks of a group that dense search finds, on average."""
    view = store.passages.view(LOCAL_CALLER.tenant, 0, NEVER)
    rights = control.rights(_member(group), Action.READ)
    allowed = view.columns.rows(rights.among(view.columns, view.columns.live))
    vectors = np.concatenate([segment.dense.vectors for segment in view.segments]).astype(np.float32)
    random = np.random.default_rng(2)
    return float(np.mean([_found(view, vectors, allowed, each) for each in _near(vectors, random, queries)]))


def _near(vectors: NDArray[np.float32], random: np.random.Generator, count: int) -> Sequence[NDArray[np.float32]]:
    """Unit vectors halfway between two of the corpus."""
    pairs = random.integers(0, len(vectors), (count, 2))
    sums = vectors[pairs[:, 0]] + vectors[pairs[:, 1]]
    return list(sums / np.linalg.norm(sums, axis=1, keepdims=True))


def _found(
    view: TenantView, vectors: NDArray[np.float32], allowed: NDArray[np.bool_], query: NDArray[np.float32]
) -> float:
    scores = np.where(allowed, vectors @ query, -np.inf)
    wanted = min(_NEIGHBOURS, int(allowed.sum()))
    # By score, since any of equals is as near as the other.
    threshold = np.sort(scores)[-wanted] - 1e-5
    ranking = view.dense(query, None if allowed.all() else np.flatnonzero(allowed), wanted)
    return float(np.mean(ranking.scores >= threshold)) if wanted else 1.0
