"""`groundwire retrieve`: the passages that an answer may rely on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import typer
from rich.text import Text

from groundwire.v1.evidence_pb2 import RetrievalMode, RetrieveSpec
from groundwire.v1.retriever_pb2 import LEFT_OUT_REASON_STALE, RetrieveRequest, RetrieveResponse
from server.commands import rendering
from server.commands.connection import DEFAULT_SERVER, Server, connected
from server.commands.terminal import AsJson, counted, out, print_json, to_timestamp


class Mode(StrEnum):
    """Which indexes answer."""

    HYBRID = "hybrid"
    DENSE = "dense"
    LEXICAL = "lexical"


Collections = Annotated[
    list[str] | None, typer.Option("--collection", "-c", help="Search this collection; repeat for more. [default: all]")
]
Entity = Annotated[str, typer.Option(help="Only what is about this entity, such as customer/42, and its card.")]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="Only what holds at this time, in UTC. [default: now]"
    ),
]
TopK = Annotated[int, typer.Option(min=1, max=100, help="How many passages at the most.")]


def retrieve(
    query: Annotated[str, typer.Argument(help="What to look for; may be left out with --entity.")] = "",
    *,
    collections: Collections = None,
    entity: Entity = "",
    as_of: AsOf = None,
    top_k: TopK = 8,
    max_age: Annotated[
        float, typer.Option(min=0, help="Refuse what was observed more hours ago than this; 0: any age.")
    ] = 0,
    token_budget: Annotated[int, typer.Option(min=0, help="Tokens of all passages together; 0: no limit.")] = 0,
    mode: Annotated[Mode, typer.Option(help="Which indexes answer.")] = Mode.HYBRID,
    address: Server = DEFAULT_SERVER,
    as_json: AsJson = False,
) -> None:
    """Find the passages that best match a query; with --entity, what is known of an entity."""
    spec = retrieve_spec(query, collections or (), entity, as_of, top_k)
    spec.token_budget = token_budget
    if max_age:
        spec.max_age.FromTimedelta(timedelta(hours=max_age))
    spec.mode = RetrievalMode.Value(f"RETRIEVAL_MODE_{mode.name}")
    with connected(address) as client:
        response = client.retriever.Retrieve(RetrieveRequest(spec=spec))
    if as_json:
        print_json(response)
    else:
        _show(response)


def retrieve_spec(
    query: str, collections: Sequence[str], entity: str, as_of: datetime | None, top_k: int
) -> RetrieveSpec:
    """The contract's form of the options that `retrieve` and `validate` share; `as_of` is naive, in UTC."""
    return RetrieveSpec(query=query, collections=collections, entity=entity, as_of=to_timestamp(as_of), top_k=top_k)


def _show(response: RetrieveResponse) -> None:
    console = out()
    if response.HasField("card"):
        console.print(rendering.card(response.card))
    for rank, passage in enumerate(response.passages, start=1):
        console.print(rendering.passage(rank, passage))
    for left in response.left_out:
        if left.reason == LEFT_OUT_REASON_STALE:
            console.print(rendering.refused(left))
    for part in response.degraded:
        console.print(rendering.degradation(part))
    left_out = f", {len(response.left_out)} left out" if response.left_out else ""
    found = counted(len(response.passages), "passage")
    console.print(Text(f"{found}, {response.tokens} tokens{left_out}; revision {response.revision}", "dim"))
