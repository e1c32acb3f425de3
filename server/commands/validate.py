"""`groundwire validate`: checks an answer and says whether it may reach the user."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer
from google.protobuf.json_format import MessageToJson, ParseDict, ParseError

from groundwire import Client
from groundwire.v1 import guard_pb2
from groundwire.v1.evidence_pb2 import Passage
from groundwire.v1.guard_pb2 import ValidateRequest, ValidateResponse
from groundwire.v1.review_pb2 import RecordedVerdict
from server.commands import rendering
from server.commands.connection import DEFAULT_SERVER, Server, connected
from server.commands.failure import CommandFailed
from server.commands.json_lines import objects
from server.commands.retrieve import AsOf, Collections, Entity, TopK, retrieve_spec
from server.commands.terminal import AsJson, out, print_json, to_timestamp

_PIECE = 4096
"""Bytes read from standard input at once, at most."""
EXIT_CODES: Mapping[int, int] = {
    guard_pb2.DECISION_PASS: 0,
    guard_pb2.DECISION_ROUTE_TO_HUMAN: 10,
    guard_pb2.DECISION_BLOCK: 11,
}


def validate(
    *,
    answer: Annotated[str, typer.Option(metavar="FILE|-", help="File with the answer; - for standard input.")],
    question: Annotated[str, typer.Option(help="The question that was asked.")] = "",
    passages: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help='Check against these passages, one JSON object a line: {"text": "..."} or as retrieved.',
        ),
    ] = None,
    collections: Collections = None,
    entity: Entity = "",
    as_of: AsOf = None,
    top_k: TopK = 8,
    policy: Annotated[str, typer.Option(help="Policy to apply. [default: the server's]")] = "",
    categories: Annotated[
        list[str] | None, typer.Option("--category", help="A category the answer is in; repeat for more.")
    ] = None,
    corrected: Annotated[
        bool, typer.Option("--corrected", help="Show the answer without what the evidence does not support, too.")
    ] = False,
    stream: Annotated[
        bool, typer.Option("--stream", help="Check while the answer comes in, and show each verdict when it is there.")
    ] = False,
    save: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="Keep request and verdict in this file, for `replay` and `receipt`."),
    ] = None,
    address: Server = DEFAULT_SERVER,
    as_json: AsJson = False,
) -> None:
    """Check every claim of an answer against passages, or against what the server retrieves.

    Exit codes: 0 PASS, 10 ROUTE_TO_HUMAN, 11 BLOCK, 1 the check failed, 2 wrong usage.
    """
    if passages is not None and collections:
        raise typer.BadParameter("give either --passages or --collection, not both")
    if stream and passages is None and not question:
        raise typer.BadParameter("--stream retrieves before there is an answer: give --question or --passages")
    request = ValidateRequest(
        answer="" if stream else read_text(answer),
        question=question,
        policy=policy,
        categories=categories or (),
        as_of=to_timestamp(as_of),
        include_corrected_answer=corrected,
    )
    if passages is not None:
        request.passages.extend(read_passages(passages))
    else:
        request.retrieve.CopyFrom(retrieve_spec("", collections or (), entity, as_of, top_k))
    with connected(address) as client:
        response = _streamed(client, request, answer, as_json=as_json) if stream else client.guard.Validate(request)
    if save is not None:
        save.write_text(
            MessageToJson(RecordedVerdict(request=request, response=response), preserving_proto_field_name=True)
        )
    if as_json and not stream:
        print_json(response)
    elif not as_json:
        out().print(rendering.conclusion(response) if stream else rendering.verdict(response))
        if corrected:
            out().print(rendering.correction(request.answer, response.correction))
    raise typer.Exit(EXIT_CODES[response.decision])


def _streamed(client: Client, request: ValidateRequest, source: str, *, as_json: bool) -> ValidateResponse:
    """The final verdict, after each event was printed as it came; `request` gets the answer as far as it was handed in."""
    written = bytearray()

    def pieces() -> Iterator[bytes]:
        for piece in read_pieces(source):
            written.extend(piece)
            yield piece

    verdict = ValidateResponse()
    for event in client.validate_stream(request, pieces()):
        if event.HasField("final"):
            verdict = event.final.verdict
        if as_json:
            print_json(event)
        elif not event.HasField("final"):
            out().print(rendering.event(event))
    request.answer = written.decode(errors="replace")
    return verdict


def read_pieces(source: str) -> Iterator[bytes]:
    """A file's lines, or what standard input brings, as it brings it, for "-". Raises `CommandFailed` if it cannot be read."""
    try:
        if source == "-":
            yield from iter(lambda: os.read(sys.stdin.fileno(), _PIECE), b"")
        else:
            with Path(source).open("rb") as file:
                yield from file
    except OSError as error:
        raise CommandFailed(f"{source}: cannot be read: {error.strerror}") from error


def read_text(source: str) -> str:
    """The text of a file, or of standard input for "-". Raises `CommandFailed` if it cannot be read as UTF-8."""
    try:
        return sys.stdin.buffer.read().decode() if source == "-" else Path(source).read_text(encoding="utf-8")
    except OSError as error:
        raise CommandFailed(f"{source}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CommandFailed(
            f"{source}: is not UTF-8: byte {error.object[error.start]:#04x} at {error.start}"
        ) from error


def read_passages(file: Path) -> list[Passage]:
    """The passages of a JSON Lines file. Raises `CommandFailed` with the line that is no passage."""
    passages = []
    for number, entry in objects(file):
        try:
            passages.append(ParseDict(entry, Passage()))
        except ParseError as error:
            raise CommandFailed(f"{file}:{number}: is no passage: {error}") from error
    if not passages:
        raise CommandFailed(f"{file}: holds no passages; one JSON object a line is expected")
    return passages
