"""`groundwire receipt`: checks receipts, without a server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from groundwire.v1.guard_pb2 import Decision, Label, ValidateResponse
from groundwire.v1.review_pb2 import RecordedVerdict
from server.commands.kept import read_verdict
from server.commands.terminal import enum_name, out, plain
from server.commands.validate import read_text

app = typer.Typer(name="receipt", help="Check the receipts of verdicts, without a server.", no_args_is_help=True)


@app.command()
def verify(
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help="A verdict as kept or printed as JSON, or its receipt alone."),
    ],
    *,
    key: Annotated[
        list[Path],
        typer.Option("--key", exists=True, dir_okay=False, help="PEM file with public keys; repeat for more."),
    ],
    answer: Annotated[
        str, typer.Option(metavar="FILE|-", help="The answer, to check it as well; - for standard input.")
    ] = "",
) -> None:
    """Check that a receipt is genuine, and that whatever else the file holds is what it was given for.

    Exit codes: 0 it is, 1 it is not.
    """
    from server.access.receipts import check_receipt  # noqa: PLC0415 - other commands do not wait for these libraries
    from server.access.signing import load_public_keys  # noqa: PLC0415
    from server.domain import Receipt  # noqa: PLC0415

    kept = read_verdict(file)
    shown = kept.response.receipt
    if not shown.statement:
        _fail("there is no receipt in this file")
    moment = shown.issued_at.ToDatetime(tzinfo=UTC)
    receipt = Receipt(shown.statement, moment, shown.key_id, shown.signature.hex())
    if why := check_receipt(receipt, load_public_keys(key)):
        _fail(f"the receipt is {why}")
    said = json.loads(shown.statement)
    given = read_text(answer) if answer else kept.request.answer
    problems = [*_wrong_texts(said, given, kept), *_wrong_verdict(said, kept.response)]
    if problems:
        _fail("the receipt is genuine, but " + "; ".join(problems))
    console = out()
    console.print(
        Text.assemble(("genuine", "bold green"), f": {plain(said['decision'])}, {moment:%Y-%m-%d %H:%M:%S} UTC")
    )
    for name, value in said["versions"].items():
        console.print(Text(f"  {name}: {plain(str(value))}", "dim"), soft_wrap=True)


def _wrong_texts(said: dict[str, Any], answer: str, kept: RecordedVerdict) -> Iterator[str]:
    from server.access.receipts import text_digest  # noqa: PLC0415 - as above

    if answer and text_digest(answer) != said["answer"]:
        yield "the answer is another one"
    if kept.HasField("request") and text_digest(kept.request.question) != said["question"]:
        yield "the question is another one"


def _wrong_verdict(said: dict[str, Any], response: ValidateResponse) -> Iterator[str]:
    from server.access.receipts import claims_digest, evidence_digest  # noqa: PLC0415 - as above

    if not response.decision:
        return  # the receipt stands alone in its file
    if enum_name(Decision.DESCRIPTOR, response.decision) != said["decision"]:
        yield "the decision is another one"
    if f"{response.confidence:.6f}" != said["confidence"]:
        yield "the confidence is another one"
    evidence = [
        evidence_digest(
            document_id=passage.document_id,
            collection=passage.collection,
            version=passage.version,
            content_hash=passage.content_hash,
            text=passage.text,
        )
        for passage in response.passages
    ]
    if evidence != said["evidence"]:
        yield "the passages are not those of the verdict"
    claims = (
        (claim.text, enum_name(Label.DESCRIPTOR, claim.label), [citation.quote for citation in claim.citations])
        for claim in response.claims
    )
    if claims_digest(claims) != said["claims"]:
        yield "the claims or their labels or quotes are not those of the verdict"


def _fail(message: str) -> None:
    out().print(Text.assemble(("not good", "bold red"), f": {plain(message)}"), soft_wrap=True)
    raise typer.Exit(1)
