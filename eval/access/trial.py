"""Trials: a service is asked by many callers at once while documents and policies change, and must agree with the oracle."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Event, Lock

from eval.access.asker import Asker, Trial
from eval.access.changes import Changes
from eval.access.findings import Findings, canaries
from eval.access.people import People, named
from eval.access.service import service
from eval.access.truth import Truth
from eval.access.world import World
from server.stores.index.snapshot import folder_of

_CALLERS = 60
_AT_ONCE = 4


def run_trials(
    queries: int, *, documents: int, seed: int, exact_limit: int = 50_000, made: World | None = None
) -> Findings:
    """Ask the service and the oracle, with writes, deletions and new policies meanwhile.

    `exact_limit` is how many chunks of a tenant are searched exactly before an inverted file takes over. `made` draws what is
    asked; None does so from the seed.
    """
    world = made or World(seed)
    region, policies = world.server_region(), world.policies()
    with tempfile.TemporaryDirectory(prefix="groundwire-access-") as name:
        folder = Path(name)
        people = People(folder, [named(number, world.caller()) for number in range(_CALLERS)])
        settings = people.settings.model_copy(update={"region": region})
        truth, findings = Truth(region, policies), Findings()
        with service(folder, settings, policies, exact_limit) as served:
            changes = Changes(served, truth, world, documents, findings)
            trial = Trial(served, truth, people, changes, findings, region, Lock())
            _ask_at_once(trial, queries, seed)
            for where, text in served.left_behind().items():
                findings.scanned += len(text)
                _blame(trial, where, canaries(text.encode()))
        for tenant in {caller["tenant"] for caller in people.callers}:
            content = b"".join(_contents(folder_of(folder / "data" / "index", tenant)))
            findings.scanned += len(content)
            _blame(trial, f"the index of {tenant}", _of_others(truth, tenant, canaries(content)))
    return findings


def _ask_at_once(trial: Trial, queries: int, seed: int) -> None:
    """Ask from several threads, while another one changes what there is."""
    done, findings = Event(), trial.findings
    askers = [Asker(trial, Random(f"{seed} {number}"), number) for number in range(_AT_ONCE)]
    with ThreadPoolExecutor(_AT_ONCE + 1) as threads:
        changing = threads.submit(trial.changes.keep_changing, lambda: findings.queries, done)
        asking = [threads.submit(asker.ask, -(-queries // _AT_ONCE)) for asker in askers]
        try:
            for each in asking:
                each.result()
        finally:
            done.set()
            changing.result()


def _contents(folder: Path) -> Iterable[bytes]:
    """The files of an index; some hold texts with four bytes for each character."""
    return (file.read_bytes().replace(b"\0", b"") for file in folder.iterdir())


def _of_others(truth: Truth, tenant: str, found: set[str]) -> set[str]:
    return {canary for canary in found if truth.with_canary(canary)["tenant"] != tenant}


def _blame(trial: Trial, where: str, found: set[str]) -> None:
    if found:
        trial.blame(f"{where} has {sorted(found)[:5]}", foreign=len(found))
