"""`groundwire ingest`: files into the corpus, batch by batch, with a line for each that was not taken."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import grpc
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

import groundwire
from groundwire.v1 import corpus_pb2
from groundwire.v1.corpus_pb2 import DocumentInput, UpsertDocumentsRequest, UpsertDocumentsResponse, UpsertResult
from server.commands.connection import DEFAULT_SERVER, Server, connected
from server.commands.failure import CommandFailed, retry_delay
from server.commands.files import HIDDEN, File, files_under
from server.commands.manifest import read_manifest
from server.commands.terminal import AsJson, counted, err, out, plain, print_json

EXIT_NOT_ALL_TAKEN = 3

_BATCH_DOCUMENTS = 32
_BATCH_BYTES = 8 << 20
_REPEATS = 4
_NOTED_AFTER = 10.0
"""Seconds between the lines that say how far it is where no terminal shows a bar: in the log of a job."""


def ingest(
    paths: Annotated[list[Path] | None, typer.Argument(exists=True, help="Files and folders.")] = None,
    *,
    collection: Annotated[
        str, typer.Option("--collection", "-c", help="Where to; for a manifest, unless it says so itself.")
    ] = "default",
    manifest: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="YAML file that lists documents and what is known of them."),
    ] = None,
    address: Server = DEFAULT_SERVER,
    as_json: AsJson = False,
) -> None:
    """Store files in the corpus; what is there already, the same, is left alone.

    Exit codes: 0 all taken, 3 some files were not (hidden ones do not count), 1 the server failed, 2 wrong usage.
    """
    found = _find(paths or [], manifest, collection)
    done = UpsertDocumentsResponse()
    started = time.monotonic()
    try:
        with connected(address) as client:
            for response in upsert_all(client, found):
                done.MergeFrom(response)
    except CommandFailed:
        _report(done, time.monotonic() - started)
        raise
    if as_json:
        print_json(done)
    else:
        _report(done, time.monotonic() - started)
    if any(result.status == corpus_pb2.UPSERT_STATUS_REJECTED and result.reason != HIDDEN for result in done.results):
        raise typer.Exit(EXIT_NOT_ALL_TAKEN)


def _find(paths: Sequence[Path], manifest: Path | None, collection: str) -> Sequence[File | UpsertResult]:
    if manifest is not None and not paths:
        return list(read_manifest(manifest, collection))
    if paths and manifest is None:
        return list(files_under(paths, collection))
    raise typer.BadParameter("give files or folders, or --manifest, and not both")


def upsert_all(client: groundwire.Client, found: Sequence[File | UpsertResult]) -> Iterator[UpsertDocumentsResponse]:
    """Store files in batches, and show or tell how far that is: a response for each batch, with what of it was not even sent.

    Raises `grpc.RpcError`; the batches before are stored then, and doing it all again is safe.
    """
    done, noted = 0, time.monotonic()
    with _progress() as progress:
        task = progress.add_task("ingesting", total=len(found))
        for documents, refused in _batches(found):
            response = _upsert(client, documents) if documents else UpsertDocumentsResponse()
            response.results.extend(refused)
            progress.advance(task, len(response.results))
            done += len(response.results)
            if progress.disable and time.monotonic() - noted >= _NOTED_AFTER:
                progress.console.print(f"{done} of {counted(len(found), 'file')}")
                noted = time.monotonic()
            yield response


def _upsert(client: groundwire.Client, batch: Sequence[DocumentInput]) -> UpsertDocumentsResponse:
    """Store documents; where the server asks to try again, do so, which is safe.

    Raises `grpc.RpcError`.
    """
    for _ in range(_REPEATS):
        try:
            return _send(client, batch)
        except grpc.RpcError as error:
            delay = retry_delay(error)
            if delay is None:
                raise
            time.sleep(delay)
    return _send(client, batch)


def _send(client: groundwire.Client, batch: Sequence[DocumentInput]) -> UpsertDocumentsResponse:
    return client.corpus.UpsertDocuments(UpsertDocumentsRequest(document=document) for document in batch)


def _batches(found: Iterable[File | UpsertResult]) -> Iterator[tuple[list[DocumentInput], list[UpsertResult]]]:
    """Documents with their content, never much more than a batch of them in memory, and what was refused meanwhile."""
    documents: list[DocumentInput] = []
    refused: list[UpsertResult] = []
    size = 0
    for item in found:
        loaded = item.load() if isinstance(item, File) else item
        if isinstance(loaded, UpsertResult):
            refused.append(loaded)
        else:
            documents.append(loaded)
            size += len(loaded.data)
        if len(documents) >= _BATCH_DOCUMENTS or size >= _BATCH_BYTES:
            yield documents, refused
            documents, refused, size = [], [], 0
    yield documents, refused


def _progress() -> Progress:
    console = err()
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _report(response: UpsertDocumentsResponse, seconds: float) -> None:
    console = out()
    for result in response.results:
        name = plain(result.document_id)
        if result.status == corpus_pb2.UPSERT_STATUS_REJECTED:
            why = f"{result.reason}: {' '.join(plain(result.message).split())}"
            console.print(Text.assemble(("not taken  ", "yellow"), f"{name}: {why}"), soft_wrap=True)
        for warning in result.warnings:
            console.print(Text.assemble(("note  ", "dim"), f"{name}: {plain(warning)}"), soft_wrap=True)
    console.print(f"{summary(response)}; {seconds:.1f} s", soft_wrap=True)


def summary(response: UpsertDocumentsResponse) -> str:
    """How many files became what, and why some were not taken."""
    count = Counter(result.status for result in response.results)
    refused = Counter(
        result.reason for result in response.results if result.status == corpus_pb2.UPSERT_STATUS_REJECTED
    )
    hidden = refused.pop(HIDDEN, 0)
    chunks = sum(result.chunks for result in response.results)
    reasons = ", ".join(f"{number} {plain(reason)}" for reason, number in refused.most_common())
    not_taken = f"{refused.total()} not taken" + (f" ({reasons})" if reasons else "")
    return (
        f"{counted(len(response.results), 'file')}: {count[corpus_pb2.UPSERT_STATUS_CREATED]} new,"
        f" {count[corpus_pb2.UPSERT_STATUS_UPDATED]} updated, {count[corpus_pb2.UPSERT_STATUS_UNCHANGED]} unchanged,"
        f" {not_taken}, {hidden} hidden; {counted(chunks, 'chunk')}; revision {response.revision}"
    )
