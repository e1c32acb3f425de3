"""`groundwire replay`: gives a verdict again, and shows what the versions in force now change about it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from groundwire.v1.guard_pb2 import Claim, Decision, Label, ReasonCode, ValidateResponse, Versions
from groundwire.v1.review_pb2 import ReplayRequest
from server.commands.connection import DEFAULT_SERVER, Server, connected
from server.commands.failure import CommandFailed
from server.commands.kept import read_verdict
from server.commands.terminal import AsJson, enum_name, out, plain, print_json

CHANGED = 12
"""The exit code when the verdict is another one now."""


def replay(
    verdict: Annotated[
        str, typer.Argument(help="Id of a review case, or a file that `groundwire validate --save` made.")
    ],
    *,
    retrieve: Annotated[
        bool, typer.Option("--retrieve", help="Find the evidence anew, where the server found it.")
    ] = False,
    address: Server = DEFAULT_SERVER,
    as_json: AsJson = False,
) -> None:
    """Give a verdict again under the present versions, on the evidence that it had, and show what is different.

    Exit codes: 0 nothing is, 12 something is, 1 the replay failed.
    """
    request = ReplayRequest(retrieve_again=retrieve)
    if Path(verdict).is_file():
        request.recorded.CopyFrom(read_verdict(Path(verdict)))
        if not request.recorded.HasField("request"):
            raise CommandFailed(f"{verdict}: holds no request; keep verdicts with `groundwire validate --save FILE`")
    else:
        request.case_id = verdict
    with connected(address) as client:
        response = client.review.Replay(request)
    found = list(differences(response.before, response.after))
    if as_json:
        print_json(response)
    else:
        versions = list(_versions(response.before.versions, response.after.versions))
        for line in (*(versions or ["the versions are the same"]), *(found or ["the verdict is the same"])):
            out().print(Text(plain(line)), soft_wrap=True)
    raise typer.Exit(CHANGED if found else 0)


def differences(before: ValidateResponse, after: ValidateResponse) -> Iterator[str]:
    """What is different between two verdicts on one answer: the decision, why, the evidence, and claim by claim."""
    if before.decision != after.decision:
        yield f"decision: {_decision(before)} -> {_decision(after)}"
    if (said := _reasons(before)) != (says := _reasons(after)):
        yield f"reasons: {said} -> {says}"
    if _figure(before.confidence) != _figure(after.confidence):
        yield f"confidence: {_figure(before.confidence)} -> {_figure(after.confidence)}"
    texts = [passage.text for passage in before.passages], [passage.text for passage in after.passages]
    if texts[0] != texts[1]:
        gone, new = set(texts[0]) - set(texts[1]), set(texts[1]) - set(texts[0])
        yield f"evidence: {len(gone)} passages gone, {len(new)} new, or in another order"
    earlier, later = _claims(before), _claims(after)
    for place in sorted(earlier.keys() | later.keys()):
        yield from _claim(earlier.get(place), later.get(place))


def _claim(before: Claim | None, after: Claim | None) -> Iterator[str]:
    if before is None or after is None:
        claim, what = (after, "new") if before is None else (before, "gone")
        if claim is not None:
            yield f"claim {what}: {_label(claim)} {claim.text!r}"
        return
    changes = []
    if before.label != after.label:
        changes.append(f"{_label(before)} -> {_label(after)}")
    if _figure(before.confidence) != _figure(after.confidence):
        changes.append(f"{_figure(before.confidence)} -> {_figure(after.confidence)}")
    if [each.quote for each in before.citations] != [each.quote for each in after.citations]:
        changes.append(f"now cites {[each.quote for each in after.citations]}")
    if changes:
        yield f"claim {after.text!r}: {', '.join(changes)}"
        if before.label != after.label and after.reason:
            yield f"    {after.reason}"


def _versions(before: Versions, after: Versions) -> Iterator[str]:
    for field in Versions.DESCRIPTOR.fields:
        was, now = getattr(before, field.name), getattr(after, field.name)
        if was != now:
            yield f"{field.name}: {was} -> {now}"


def _claims(response: ValidateResponse) -> dict[tuple[int, int], Claim]:
    return {(claim.span.start, claim.span.end): claim for claim in response.claims}


def _decision(response: ValidateResponse) -> str:
    return enum_name(Decision.DESCRIPTOR, response.decision)


def _reasons(response: ValidateResponse) -> str:
    return ", ".join(enum_name(ReasonCode.DESCRIPTOR, reason.code) for reason in response.reasons) or "none"


def _label(claim: Claim) -> str:
    return enum_name(Label.DESCRIPTOR, claim.label)


def _figure(probability: float) -> str:
    return f"{probability:.4f}"
