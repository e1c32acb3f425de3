"""`groundwire review`: the answers that a person must decide."""

from __future__ import annotations

import getpass
from enum import StrEnum
from typing import Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from groundwire.v1.guard_pb2 import Decision, ReasonCode
from groundwire.v1.review_pb2 import (
    Case,
    CaseState,
    CaseSummary,
    GetCaseRequest,
    ListCasesRequest,
    ListCasesResponse,
    Resolution,
    ResolveCaseRequest,
    Ruling,
)
from server.commands import rendering
from server.commands.connection import DEFAULT_SERVER, Server, connected
from server.commands.terminal import AsJson, counted, enum_name, moment, out, plain, print_json
from server.commands.validate import read_text

app = typer.Typer(
    name="review", help="List, show and resolve the cases that a person must decide.", no_args_is_help=True
)


class State(StrEnum):
    """Which cases to list."""

    OPEN = "open"
    RESOLVED = "resolved"
    ANY = "any"


class Outcome(StrEnum):
    """What a person decides."""

    APPROVED = "approved"
    REJECTED = "rejected"
    CORRECTED = "corrected"


CaseId = Annotated[str, typer.Argument(help="The case's id.")]


@app.command("list")
def list_cases(
    *,
    state: Annotated[State, typer.Option(help="Which cases.")] = State.OPEN,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at the most.")] = 50,
    address: Server = DEFAULT_SERVER,
    as_json: AsJson = False,
) -> None:
    """List cases, newest first."""
    wanted = "UNSPECIFIED" if state is State.ANY else state.name
    request = ListCasesRequest(state=CaseState.Value(f"CASE_STATE_{wanted}"), page_size=limit)
    with connected(address) as client:
        response = client.review.ListCases(request)
    if as_json:
        print_json(response)
    else:
        _show_list(response)


@app.command()
def show(case_id: CaseId, address: Server = DEFAULT_SERVER, as_json: AsJson = False) -> None:
    """Show a case with its answer, evidence and verdict."""
    with connected(address) as client:
        response = client.review.GetCase(GetCaseRequest(case_id=case_id))
    if as_json:
        print_json(response)
    else:
        _show_case(response.case)


@app.command()
def resolve(
    case_id: CaseId,
    outcome: Annotated[Outcome, typer.Argument(help="The decision.")],
    *,
    reviewer: Annotated[
        str, typer.Option(envvar="GROUNDWIRE_REVIEWER", help="Who decides. [default: the login name]")
    ] = "",
    note: Annotated[str, typer.Option(help="Why.")] = "",
    answer: Annotated[
        str,
        typer.Option(metavar="FILE|-", help="File with the corrected answer, for `corrected`; - for standard input."),
    ] = "",
    address: Server = DEFAULT_SERVER,
    as_json: AsJson = False,
) -> None:
    """Record the decision on a case."""
    if (outcome is Outcome.CORRECTED) != bool(answer):
        raise typer.BadParameter("--answer goes with the outcome `corrected`, and with no other")
    ruling = Ruling(
        resolution=Resolution.Value(f"RESOLUTION_{outcome.name}"),
        reviewer=reviewer or getpass.getuser(),
        note=note,
        corrected_answer=read_text(answer) if answer else "",
    )
    with connected(address) as client:
        response = client.review.ResolveCase(ResolveCaseRequest(case_id=case_id, ruling=ruling))
    if as_json:
        print_json(response)
    else:
        typer.echo(f"{case_id}: {outcome.value} by {plain(ruling.reviewer)}")


def _show_list(response: ListCasesResponse) -> None:
    console = out()
    for case in response.cases:
        why = ", ".join(enum_name(ReasonCode.DESCRIPTOR, code) for code in case.reasons)
        decision = enum_name(Decision.DESCRIPTOR, case.decision)
        head = f"  {decision}, {_state(case)}, {moment(case.created_at)}"
        console.print(Text.assemble((case.case_id, "bold"), head), soft_wrap=True)
        for line in (why, plain(case.question), plain(case.answer_excerpt).strip()):
            if line:
                console.print(Padding(Text(line, "dim"), (0, 0, 0, 4), expand=False))
    more = ", and more: see --limit" if response.next_page_token else ""
    console.print(Text(counted(len(response.cases), "case") + more, "dim"))


def _state(case: CaseSummary) -> str:
    if case.resolution:
        return enum_name(Resolution.DESCRIPTOR, case.resolution).lower()
    return enum_name(CaseState.DESCRIPTOR, case.state).lower()


def _show_case(case: Case) -> None:
    console = out()
    console.print(Text.assemble((f"case {case.case_id}", "bold"), f", opened {moment(case.created_at)}"))
    if case.question:
        console.print(Text.assemble(("question  ", "dim"), plain(case.question)))
    if case.model or case.prompt.id:
        console.print(
            Text(plain(f"model {case.model or '-'}, prompt {case.prompt.id or '-'} {case.prompt.version}"), "dim")
        )
    console.print(rendering.verdict(case.verdict))
    if case.HasField("ruling"):
        _show_ruling(case.ruling)


def _show_ruling(ruling: Ruling) -> None:
    outcome = enum_name(Resolution.DESCRIPTOR, ruling.resolution).lower()
    console = out()
    console.print(
        Text.assemble(
            (outcome, "bold"), f" by {plain(ruling.reviewer)}, {moment(ruling.resolved_at)}: {plain(ruling.note)}"
        )
    )
    if ruling.corrected_answer:
        console.print(Text.assemble(("corrected answer  ", "dim"), plain(ruling.corrected_answer)))
