"""Revocation: access is taken away, and two server processes that share the files of policies and clients are asked at once."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import yaml

import groundwire
from eval.serving import ServerProcess
from groundwire.client import Client
from groundwire.v1 import corpus_pb2, evidence_pb2, retriever_pb2
from server.access.clients import digest_of
from server.commands.failure import CommandFailed

_PROCESSES = 2
_LONGEST = 60.0
_SECONDS = 30.0
_WRITER = {
    "id": "writer",
    "keys_sha256": [digest_of("gw_writer_1")],
    "tenant": "acme",
    "roles": ["admin"],
    "groups": ["*"],
}
_READER = {"id": "reader", "keys_sha256": [digest_of("gw_reader_1")], "tenant": "acme", "roles": ["reader"]}
_PERMIT = '@id("all") permit (principal, action, resource);\n'
_FORBID = _PERMIT + '@id("none") forbid (principal, action, resource) when { principal.subject == "reader" };\n'
_REFUSED = (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED)


@dataclass(frozen=True, slots=True)
class RevocationFigures:
    """How often each kind of access was taken away, and the longest that it was still had, in seconds.

    That is from the end of the change to the beginning of the last call, of either process, that was answered as before.
    """

    rounds: int
    longest: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Processes:
    """The servers, as writer and reader see them, and the files that they share."""

    writers: Sequence[Client]
    readers: Sequence[Client]
    policies: Path
    clients: Path

    def forbid(self) -> None:
        """By a policy."""
        _replace(self.policies, _FORBID)

    def permit(self) -> None:
        """The same again."""
        _replace(self.policies, _PERMIT)

    def strike(self) -> None:
        """Take the reader out of the clients."""
        _replace(self.clients, yaml.safe_dump([_WRITER]))

    def enter(self) -> None:
        """And in again."""
        _replace(self.clients, yaml.safe_dump([_WRITER, _READER]))

    def close(self) -> None:
        """Leave the document to a group that the reader is not in."""
        self._store("board")

    def open(self) -> None:
        """Leave it to everyone."""
        self._store()

    def _store(self, *readers: str) -> None:
        document = corpus_pb2.DocumentInput(
            collection="c", document_id="d", data=b"a heron", type="text", readers=readers
        )
        for writer in self.writers:
            request = corpus_pb2.UpsertDocumentsRequest(document=document)
            writer.corpus.UpsertDocuments(iter([request]), timeout=_SECONDS)


def measure_revocations(rounds: int) -> RevocationFigures:
    """Take each kind of access away and give it back `rounds` times. Raises CommandFailed when a change never takes effect."""
    longest = {"policy": 0.0, "client": 0.0, "document": 0.0}
    with _running() as processes:
        processes.open()
        for _ in range(rounds):
            longest["policy"] = max(longest["policy"], _taken(processes, processes.forbid, processes.permit))
            longest["client"] = max(longest["client"], _taken(processes, processes.strike, processes.enter))
            longest["document"] = max(longest["document"], _taken(processes, processes.close, processes.open))
    return RevocationFigures(rounds, longest)


@contextmanager
def _running() -> Iterator[_Processes]:
    with tempfile.TemporaryDirectory(prefix="groundwire-revocation-") as name, ExitStack() as stack:
        folder = Path(name)
        (folder / "policies").mkdir()
        policies, clients = folder / "policies" / "all.cedar", folder / "clients.yaml"
        policies.write_text(_PERMIT, "utf-8")
        clients.write_text(yaml.safe_dump([_WRITER, _READER]), "utf-8")
        settings: dict[str, Any] = {"access_policies": policies.parent, "clients": clients, "log_level": "warning"}
        servers = [
            stack.enter_context(ServerProcess(folder / f"data{number}", folder / f"log{number}", settings))
            for number in range(_PROCESSES)
        ]
        writers, readers = (
            [stack.enter_context(groundwire.connect(server.address, token=f"gw_{who}_1")) for server in servers]
            for who in ("writer", "reader")
        )
        yield _Processes(writers, readers, policies, clients)


def _taken(processes: _Processes, take: Callable[[], None], give: Callable[[], None]) -> float:
    """The seconds for which a reader still had what was taken from it; it is given back."""
    _until(processes, shown=True)
    take()
    since = time.monotonic()
    last = _until(processes, shown=False)
    give()
    return max(0.0, last - since)


def _until(processes: _Processes, *, shown: bool) -> float:
    """Ask until all processes agree, and again for good measure; when the last call began that was answered otherwise."""
    start = last = time.monotonic()
    agreed = 0
    while agreed < 3:
        asked = time.monotonic()
        if asked - start > _LONGEST:
            raise CommandFailed(f"after {_LONGEST:.0f} s a change of access has not taken effect")
        if all(_shows(reader) == shown for reader in processes.readers):
            agreed += 1
        else:
            agreed, last = 0, asked
    return last


def _shows(reader: Client) -> bool:
    spec = evidence_pb2.RetrieveSpec(query="heron", mode=evidence_pb2.RETRIEVAL_MODE_LEXICAL)
    try:
        return bool(reader.retriever.Retrieve(retriever_pb2.RetrieveRequest(spec=spec), timeout=_SECONDS).passages)
    except grpc.RpcError as error:
        if error.code() in _REFUSED:
            return False
        raise


def _replace(file: Path, content: str) -> None:
    new = file.with_suffix(".new")
    new.write_text(content, "utf-8")
    new.replace(file)
