"""What `groundwire doctor` looks at: one function for each line of its report."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from server.commands.failure import CommandFailed
from server.commands.health import serving_status
from server.config import Settings, host_and_port, load_settings
from server.errors import GroundwireError
from server.models.loading import open_judge
from server.models.weights import open_weights
from server.stages.policy import load_policies
from server.stores.database import Database, open_database, sqlite_url
from server.stores.index.snapshot import SnapshotRejected, folder_of, load_snapshot
from server.stores.lock import DirectoryLock
from server.stores.rebuilding import Rebuilder

_LIBRARIES = ("grpcio", "protobuf", "onnxruntime", "tokenizers", "faiss-cpu", "sqlalchemy")


class Level(StrEnum):
    """How bad a finding is; only FAIL keeps a server from running."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; `advice` says what to do about it."""

    level: Level
    subject: str
    message: str
    advice: str = ""


def examine(config: Path | None, data_dir: Path | None) -> Iterator[Finding]:
    """All findings; those that depend on the settings are left out when the settings are wrong."""
    yield _machine()
    yield _libraries()
    try:
        settings = load_settings(config, data_dir=data_dir)
    except GroundwireError as error:
        yield Finding(Level.FAIL, "settings", error.message, "Correct it; the README lists every setting.")
        return
    yield _settings(settings)
    for subject, check, advice in _CHECKS:
        try:
            yield check(settings)
        except GroundwireError as error:
            yield Finding(Level.FAIL, subject, error.message, advice)


def _machine() -> Finding:
    return Finding(Level.OK, "python", f"{platform.python_version()} on {platform.machine()}, {os.cpu_count()} cores")


def _libraries() -> Finding:
    installed = {distribution.name.lower(): distribution.version for distribution in importlib.metadata.distributions()}
    if missing := [name for name in _LIBRARIES if name not in installed]:
        return Finding(Level.FAIL, "libraries", f"missing: {', '.join(missing)}", "Install Groundwire anew with pip.")
    return Finding(Level.OK, "libraries", ", ".join(f"{name} {installed[name]}" for name in _LIBRARIES))


def _settings(settings: Settings) -> Finding:
    defaults = {name: field.default for name, field in Settings.model_fields.items()}
    changed = {name: getattr(settings, name) for name in defaults if getattr(settings, name) != defaults[name]}
    if "database_url" in changed:
        changed["database_url"] = "(not shown, since it may hold a password)"
    return Finding(
        Level.OK, "settings", ", ".join(f"{name} = {value}" for name, value in changed.items()) or "all as by default"
    )


def _embedder(settings: Settings) -> Finding:
    weights = open_weights(settings.embedder, "embedder")
    return Finding(Level.OK, "embedder", f"{weights.version}, verified by its hashes")


def _entailment(settings: Settings) -> Finding:
    weights = open_judge(settings.entailment)
    return Finding(Level.OK, "entailment", f"{weights.version}, verified by its hashes")


def _policies(settings: Settings) -> Finding:
    policies = load_policies(settings.policies)
    return Finding(Level.OK, "policies", ", ".join(policies.get(name).version for name in policies.names))


def _address(settings: Settings) -> Finding:
    host, port = host_and_port(settings.listen)
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        return _taken_address(settings.listen, error)
    return Finding(Level.OK, "address", f"{settings.listen} is free")


def _taken_address(address: str, error: OSError) -> Finding:
    try:
        serving_status(address)
    except CommandFailed:
        problem = f"cannot listen on {address}: {error.strerror}"
        return Finding(Level.FAIL, "address", problem, "Stop what listens there, or set another `listen`.")
    return Finding(
        Level.WARN, "address", f"a server answers at {address} already", "Set another `listen` for a second."
    )


def _data(settings: Settings) -> Finding:
    folder = settings.data_dir
    if not folder.exists():
        above = next(parent for parent in folder.absolute().parents if parent.exists())
        if os.access(above, os.W_OK | os.X_OK):
            return Finding(Level.OK, "data", f"{folder} will be made at the first start")
        return Finding(Level.FAIL, "data", f"{folder} cannot be made in {above}", _MAKE_WRITABLE)
    if not os.access(folder, os.W_OK | os.X_OK):
        return Finding(Level.FAIL, "data", f"{folder} cannot be written", _MAKE_WRITABLE)
    try:
        lock = DirectoryLock(folder)
    except GroundwireError as error:
        return Finding(Level.WARN, "data", error.message, "The index is not checked while a server has it.")
    try:
        return _records(settings)
    finally:
        lock.release()


def _records(settings: Settings) -> Finding:
    """Whether the saved indexes are of the records; opens the database, and migrates it, as a server would."""
    file = settings.data_dir / "records.sqlite"
    if not settings.database_url and not file.exists():
        return Finding(Level.OK, "data", f"{settings.data_dir} can be written and locked, and holds no records yet")
    database = open_database(settings.database_url or sqlite_url(file))
    try:
        return _indexes(settings, database)
    finally:
        database.close()


def _indexes(settings: Settings, database: Database) -> Finding:
    embedder = open_weights(settings.embedder, "embedder")
    folder = settings.data_dir / "index"
    dimension = embedder.number("dimension")
    rebuilder = Rebuilder(database, folder, embedder.version, dimension, settings.exact_index_limit)
    revisions = rebuilder.revisions()
    for tenant in revisions:
        try:
            origin = load_snapshot(folder_of(folder, tenant), embedder.version, dimension).origin
        except SnapshotRejected as rejected:
            return Finding(Level.WARN, "data", f"the saved index is of no use: {rejected}", _REBUILDS)
        if rebuilder.stamp(tenant, origin.revision) != origin.stamp:
            return Finding(Level.WARN, "data", "the saved index is of other records", _REBUILDS)
    newest = ", ".join(str(revision) for revision in revisions.values()) or "none"
    return Finding(
        Level.OK, "data", f"{settings.data_dir} can be written and locked; revision {newest}, index as saved"
    )


_REBUILDS = "Nothing to do: the server rebuilds it from the records at its next start."
_MAKE_WRITABLE = "Give the user that runs the server the right to write there, or set another `data_dir`."

_CHECKS: tuple[tuple[str, Callable[[Settings], Finding], str], ...] = (
    ("embedder", _embedder, "Install Groundwire anew, or point `embedder` at a folder of weights."),
    ("entailment", _entailment, "Install Groundwire anew, or point `entailment` at a folder of weights."),
    ("policies", _policies, "Correct the file, or point `policies` elsewhere."),
    ("data", _data, _MAKE_WRITABLE),
    ("address", _address, "Set `listen` to host:port."),
)
"""The subject, how it is checked, and what to do when the check raises."""
