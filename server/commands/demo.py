"""`groundwire demo`: the whole service on the sample documents, from an empty folder to two verdicts."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

import groundwire
from groundwire.v1 import guard_pb2
from groundwire.v1.corpus_pb2 import UPSERT_STATUS_REJECTED, UpsertDocumentsResponse
from groundwire.v1.guard_pb2 import Decision, ValidateRequest, ValidateResponse
from groundwire.v1.retriever_pb2 import RetrieveRequest
from server.commands import rendering
from server.commands.connection import connected
from server.commands.failure import CommandFailed
from server.commands.ingest import summary, upsert_all
from server.commands.json_lines import objects
from server.commands.local_server import started
from server.commands.manifest import read_manifest
from server.commands.retrieve import retrieve_spec
from server.commands.terminal import enum_name, out, to_timestamp

SAMPLES = Path(__file__).parents[2] / "samples"
GROUNDED = "demo-grounded"
HALLUCINATED = "demo-hallucinated"

_PASSAGES = 3


@dataclass(frozen=True, slots=True)
class Expected:
    """An answer of the golden set and what a verdict on it must say; `flagged` are the claims without support."""

    question: str
    answer: str
    collection: str
    as_of: datetime
    passes: bool
    flagged: frozenset[str]


def demo(
    samples: Annotated[Path, typer.Option(file_okay=False, help="Folder of the samples.")] = SAMPLES,
) -> None:
    """Start a server in a temporary folder, ingest the samples, and check a right and a wrong answer.

    Exit codes: 0 both verdicts came out right, 1 one did not or something failed.
    """
    if not (samples / "manifest.yaml").is_file():
        raise CommandFailed(
            f"no samples in {samples}\nRun the demo from a clone of the repository, or name the folder with --samples."
        )
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="groundwire-demo-") as folder, started(Path(folder)) as address:
        _say(f"A server runs at {address}, with its data in {folder}.")
        with connected(address) as client:
            mistakes = _show(client, samples)
    for mistake in mistakes:
        out().print(Text.assemble(("wrong: ", "bold red"), mistake))
    if mistakes:
        raise typer.Exit(1)
    _say(f"Both verdicts came out right; {time.monotonic() - began:.0f} s in all.")


def _show(client: groundwire.Client, samples: Path) -> list[str]:
    """Ingest, retrieve and validate; returns what came out wrong."""
    response = UpsertDocumentsResponse()
    for batch in upsert_all(client, list(read_manifest(samples / "manifest.yaml", "samples"))):
        response.MergeFrom(batch)
    _say(f"Ingested {samples}: {summary(response)}.")
    mistakes = [f"{r.document_id}: {r.message}" for r in response.results if r.status == UPSERT_STATUS_REJECTED]
    cases = read_cases(samples / "golden.jsonl")
    _retrieve(client, cases[GROUNDED])
    for title, case in (("A grounded answer", cases[GROUNDED]), ("A hallucinated answer", cases[HALLUCINATED])):
        _say(f"{title} to: {case.question}")
        verdict = _validate(client, case)
        out().print(rendering.verdict(verdict))
        mistakes += [f"{title.lower()}: {mistake}" for mistake in mistakes_in(verdict, case)]
    return mistakes


def _retrieve(client: groundwire.Client, case: Expected) -> None:
    spec = retrieve_spec(case.question, [case.collection], "", case.as_of, _PASSAGES)
    _say(f"Retrieved for: {case.question}")
    for rank, found in enumerate(client.retriever.Retrieve(RetrieveRequest(spec=spec)).passages, start=1):
        out().print(rendering.passage(rank, found))


def _validate(client: groundwire.Client, case: Expected) -> ValidateResponse:
    return client.guard.Validate(
        ValidateRequest(
            answer=case.answer,
            question=case.question,
            retrieve=retrieve_spec("", [case.collection], "", case.as_of, 8),
            as_of=to_timestamp(case.as_of),
        )
    )


def read_cases(golden: Path) -> Mapping[str, Expected]:
    """The demonstration's cases of a golden file, by id. Raises `CommandFailed` when one is missing."""
    cases = {
        entry["id"]: _expected(entry) for _, entry in objects(golden) if entry.get("id") in {GROUNDED, HALLUCINATED}
    }
    if missing := {GROUNDED, HALLUCINATED} - cases.keys():
        raise CommandFailed(f"{golden}: has no case {' and no case '.join(sorted(missing))}")
    return cases


def _expected(entry: Mapping[str, Any]) -> Expected:
    return Expected(
        question=entry["question"],
        answer=entry["answer"],
        collection=entry["collection"],
        as_of=datetime.fromisoformat(entry["as_of"]),
        passes=entry["decision"] == "PASS",
        flagged=frozenset(c["text"] for c in entry["claims"] if c["label"] not in {"SUPPORTED", "NOT_A_CLAIM"}),
    )


def mistakes_in(verdict: ValidateResponse, expected: Expected) -> list[str]:
    """What a verdict got wrong: whether the answer passes, and which of its claims lack support."""
    mistakes = []
    if (verdict.decision == guard_pb2.DECISION_PASS) != expected.passes:
        wanted = "PASS" if expected.passes else "anything but PASS"
        mistakes.append(f"the decision is {enum_name(Decision.DESCRIPTOR, verdict.decision)}, expected {wanted}")
    unflagged = {guard_pb2.LABEL_SUPPORTED, guard_pb2.LABEL_NOT_A_CLAIM}
    flagged = {claim.text.strip() for claim in verdict.claims if claim.label not in unflagged}
    mistakes += [f"not flagged: “{text}”" for text in sorted(expected.flagged - flagged)]
    mistakes += [f"flagged, although it is supported: “{text}”" for text in sorted(flagged - expected.flagged)]
    return mistakes


def _say(text: str) -> None:
    out().print(Text(f"\n{text}", "bold"))
