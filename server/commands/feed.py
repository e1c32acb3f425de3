"""`groundwire feed`: changes of records as they happen elsewhere, each applied exactly once."""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Annotated

import grpc
import typer
from rich.text import Text

import groundwire
from groundwire.v1 import corpus_pb2
from groundwire.v1.corpus_pb2 import ApplyChangesRequest, ApplyChangesResponse, ChangeResult
from server.commands.connection import DEFAULT_SERVER, Server, connected
from server.commands.events import Event, Refused, read_event
from server.commands.failure import CommandFailed, refused_field, retry_delay
from server.commands.line_batches import Line, batches, lines_followed, lines_of
from server.commands.terminal import counted, err, out, plain

EXIT_NOT_ALL_TAKEN = 3

_MOST = 128
_SECONDS = 60.0
_PATIENCE = 60.0
_PAUSE = 0.5
_GAPS_SHOWN = 10
_OF_CHANGE = re.compile(r"changes\[(\d+)\]")


def feed(
    file: Annotated[
        Path | None, typer.Argument(dir_okay=False, help="File of events, one JSON object a line. [default: stdin]")
    ] = None,
    *,
    source: Annotated[str, typer.Option(help="Feed of events that name none; each feed has numbers of its own.")] = "",
    collection: Annotated[str, typer.Option("--collection", "-c", help="Collection of events that name none.")] = "",
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what is appended to the file.")] = False,
    stop: Annotated[
        bool, typer.Option("--stop", help="Stop at the first event that is not taken; sends them one by one.")
    ] = False,
    address: Server = DEFAULT_SERVER,
) -> None:
    """Apply a feed of changes to the records, each exactly once however often it is sent.

    Exit codes: 0 all taken, 3 some events were not, 1 the server failed, 2 wrong usage.
    """
    if follow and file is None:
        raise typer.BadParameter("--follow needs a file")
    defaults = {name: value for name, value in (("source", source), ("collection", collection)) if value}
    with connected(address) as client:
        progress = _Progress(client, defaults)
        try:
            for batch in batches(_lines(file, follow), 1 if stop else _MOST):
                progress.take(batch)
                if stop and progress.refused:
                    break
        except OSError as error:
            raise CommandFailed(f"{file}: cannot be read: {error.strerror}") from error
        except KeyboardInterrupt:
            err().print("stopped; start again to go on")
        finally:
            out().print(progress.summary, soft_wrap=True)
    if progress.refused:
        raise typer.Exit(EXIT_NOT_ALL_TAKEN)


def _lines(file: Path | None, follow: bool) -> Iterator[Line]:
    if file is None:
        yield from lines_of(sys.stdin.buffer)
    elif follow:
        yield from lines_followed(file)
    else:
        with file.open("rb") as stream:
            yield from lines_of(stream)


@dataclass
class _Progress:
    """How far the feeds are, and what was not taken, with a line on standard error for each."""

    client: groundwire.Client
    defaults: dict[str, str]
    positions: dict[str, int] = field(default_factory=dict)
    counts: Counter[int] = field(default_factory=Counter)
    refused: int = 0
    gaps: int = 0
    revision: int = 0

    def take(self, lines: Sequence[Line]) -> None:
        """Apply the events of some lines, in their order."""
        events = [(number, read_event(line, self.defaults)) for number, line in lines]
        good = []
        for number, event in events:
            if isinstance(event, Refused):
                self._refuse(number, event.reason)
            else:
                good.append((number, event))
        # Runs of one feed, so that changes of several feeds to one record keep their order.
        for source, run in groupby(good, key=lambda numbered: numbered[1].source):
            self._send(source, list(run))

    @property
    def summary(self) -> str:
        """What became of the events."""
        counts = self.counts
        total = sum(counts.values()) + self.refused
        skipped = counts[corpus_pb2.CHANGE_STATUS_SKIPPED]
        return (
            f"{counted(total, 'event')}: {counts[corpus_pb2.CHANGE_STATUS_APPLIED]} applied,"
            f" {counts[corpus_pb2.CHANGE_STATUS_UNCHANGED]} without effect, {skipped} applied before,"
            f" {self.refused} not taken; {counted(self.gaps, 'gap')}; revision {self.revision}"
        )

    def _send(self, source: str, events: list[tuple[int, Event]]) -> None:
        known = self.positions.get(source, 0)
        new = [(number, event) for number, event in events if event.sequence > known]
        self.counts[corpus_pb2.CHANGE_STATUS_SKIPPED] += len(events) - len(new)
        while new:
            try:
                response = _apply(self.client, source, [event for _, event in new])
            except grpc.RpcError as error:
                place = _place_of(error)
                if place is None:
                    raise
                number, _ = new.pop(place)
                self._refuse(number, refused_field(error))
            else:
                self._note(source, [number for number, _ in new], response)
                return

    def _note(self, source: str, numbers: Sequence[int], response: ApplyChangesResponse) -> None:
        self.positions[source] = response.sequence
        self.revision = max(self.revision, response.revision)
        for number, result in zip(numbers, response.results, strict=True):
            if result.status == corpus_pb2.CHANGE_STATUS_REJECTED:
                self._refuse(number, f"{result.reason}: {result.message}")
                continue
            self.counts[result.status] += 1
            if result.missing:
                self._report_gap(number, source, result)

    def _report_gap(self, number: int, source: str, result: ChangeResult) -> None:
        self.gaps += 1
        if self.gaps <= _GAPS_SHOWN:
            missing = f"{counted(result.missing, 'number')} of {plain(source)} before {result.sequence} missing"
            err().print(Text.assemble(("gap  ", "yellow"), f"line {number}: {missing}"), soft_wrap=True)

    def _refuse(self, number: int, reason: str) -> None:
        self.refused += 1
        why = " ".join(plain(reason).split())
        err().print(Text.assemble(("not taken  ", "yellow"), f"line {number}: {why}"), soft_wrap=True)


def _apply(client: groundwire.Client, source: str, events: Sequence[Event]) -> ApplyChangesResponse:
    """Apply events; while the server is away or overloaded, try again for a minute, which is safe."""
    request = ApplyChangesRequest(source=source, changes=[event.change() for event in events])
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return client.corpus.ApplyChanges(request, timeout=_SECONDS)
        except grpc.RpcError as error:
            delay = retry_delay(error)
            if delay is None and error.code() is grpc.StatusCode.UNAVAILABLE:
                delay = _PAUSE
            if delay is None or time.monotonic() + delay > until:
                raise
            time.sleep(delay)


def _place_of(error: grpc.RpcError) -> int | None:
    """Which of the changes sent is wrong, if that is what the server says."""
    found = _OF_CHANGE.match(refused_field(error))
    return int(found.group(1)) if found else None
