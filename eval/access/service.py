"""The whole service in this process, behind its real edge, with models whose inputs can be looked at."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from threading import Thread

import numpy as np
import structlog
import yaml
from numpy.typing import NDArray
from prometheus_client import generate_latest

from eval.access.reference import MASKS, PERMIT, Policy
from server.access.control import AccessControl
from server.access.signing import KEY_FILE, keep_signing_key
from server.compose import RunningServer, UseCases, serving, use_cases
from server.config import Settings
from server.deadline import NEVER, Deadline
from server.domain import Degradation
from server.models.base import Pair
from server.rpc.metrics import Metrics
from server.stores.store import Store, StoreSettings, open_store

_ASKED = re.compile(r"\bkind-(\d+)\b")


class HashedWords:
    """An embedder without a model: each word has a direction of its own."""

    version = "hashed-words"
    dimension = 32
    degradation: Degradation | None = None

    def embed(self, texts: Sequence[str], deadline: Deadline = NEVER) -> NDArray[np.float32]:
        """One unit row for each text."""
        deadline.check("embedding")
        rows = np.full((len(texts), self.dimension), 1e-3, dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.split():
                row[int.from_bytes(blake2b(word.encode(), digest_size=2).digest(), "little") % self.dimension] += 1
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)

    def count_tokens(self, text: str) -> int:
        """The number of words."""
        return len(text.split())


class ReadEntailment:
    """An entailment model that finds everything likely, and keeps what it was given until somebody looks.

    What belongs to one question is known by the number in its claim, "kind-17".
    """

    version = "read"
    degradation: Degradation | None = None

    def __init__(self) -> None:
        self._premises: dict[int, list[str]] = {}

    def score(self, pairs: Sequence[Pair], deadline: Deadline = NEVER) -> NDArray[np.float32]:
        """Nine times out of ten."""
        deadline.check("entailment")
        for premise, hypothesis in pairs:
            named = _ASKED.search(hypothesis)
            self._premises.setdefault(int(named[1]) if named else 0, []).append(premise)
        return np.tile(np.array([[0.9, 0.1, 0.0]], dtype=np.float32), (len(pairs), 1))

    def given(self, number: int) -> str:
        """All premises of a question; they are forgotten."""
        return "\n".join(self._premises.pop(number, []))


@dataclass(frozen=True, slots=True)
class Service:
    """A running service: its address, its store, and what can be read of it from outside a reply."""

    address: str
    store: Store
    entailment: ReadEntailment
    policies: Path
    _metrics: Metrics
    _access: AccessControl
    _log: io.StringIO

    def decide_by(self, policies: Sequence[Policy]) -> None:
        """Replace the file of the policies, at once."""
        write_policies(self.policies, policies)

    def left_behind(self) -> dict[str, str]:
        """What is in logs, metrics, audit, and in what is kept of decisions on access."""
        with self.store.audit.chains() as chains:
            audit = "\n".join(str(record) for tenant in chains.tenants() for record in chains.records(tenant))
        return {
            "log": self._log.getvalue(),
            "metrics": generate_latest(self._metrics.registry).decode(),
            "audit": audit,
            "decisions": "\n".join(f"{key} {vars(kept)}" for key, kept in vars(self._access)["_kept"].items()),
        }


def write_policies(folder: Path, policies: Sequence[Policy]) -> None:
    """The file of the policies in force, which is there whole or not at all."""
    new = folder / "world.new"
    new.write_text("\n".join([PERMIT, *(policy.cedar for policy in policies)]), "utf-8")
    new.replace(folder / "world.cedar")


@contextmanager
def service(folder: Path, settings: Settings, policies: Sequence[Policy], exact_limit: int) -> Iterator[Service]:
    """Serve from a folder until the block ends; `settings` are made to name the policies and masks that are put there."""
    rules, directory = folder / "masks.yaml", folder / "policies"
    rules.write_text(yaml.safe_dump({"rules": [dict(mask.rule) for mask in MASKS]}), "utf-8")
    directory.mkdir()
    write_policies(directory, policies)
    paths = {"access_policies": directory, "masking_policy": rules, "data_dir": folder / "data"}
    settings = settings.model_copy(update=paths | {"listen": "127.0.0.1:0"})
    embedder, entailment = HashedWords(), ReadEntailment()
    stored = StoreSettings(settings.data_dir, exact_limit=exact_limit)
    stored.directory.mkdir()
    key = keep_signing_key(settings.data_dir / KEY_FILE)
    with (
        _log_kept() as log,
        open_store(stored, embedder=embedder.version, dimension=embedder.dimension, signer=key) as store,
    ):
        cases = use_cases(settings, store, embedder, entailment, key)
        with _on_a_loop(settings, cases) as server:
            address = f"127.0.0.1:{server.port}"
            yield Service(address, store, entailment, directory, server.metrics, cases.retrieve.access, log)


@contextmanager
def _on_a_loop(settings: Settings, cases: UseCases) -> Iterator[RunningServer]:
    """The server on an event loop in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, name="service")
    thread.start()
    server = serving(settings, cases)
    try:
        yield asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result()
    finally:
        asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def _log_kept() -> Iterator[io.StringIO]:
    """Everything that is logged in the block, from the least level on."""
    before, log = structlog.get_config(), io.StringIO()
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.format_exc_info, _line],
        wrapper_class=structlog.make_filtering_bound_logger(0),
        logger_factory=structlog.PrintLoggerFactory(log),
    )
    try:
        yield log
    finally:
        structlog.configure(**before)


def _line(_: object, method: str, event: structlog.typing.EventDict) -> str:
    return f"{method} {dict(event)}"
