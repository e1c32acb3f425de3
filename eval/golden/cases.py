"""Golden cases: answers with the verdict that each deserves, as JSON lines (the fields are those of samples/README.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from groundwire.v1 import guard_pb2
from server.commands.failure import CommandFailed
from server.commands.json_lines import objects


@dataclass(frozen=True, slots=True)
class GoldenClaim:
    """A part of an answer and its label, such as "SUPPORTED"."""

    text: str
    label: str


@dataclass(frozen=True, slots=True)
class GoldenCase:
    """An answer, where its evidence is found, and the labels and the decision it deserves.

    `documents` restricts the evidence to some documents, empty for all of the collection; `entity` is a key, empty for none.
    """

    case_id: str
    kind: str
    question: str
    answer: str
    collection: str
    documents: tuple[str, ...]
    entity: str
    categories: tuple[str, ...]
    as_of: datetime
    claims: tuple[GoldenClaim, ...]
    decision: str


def read_golden(file: Path) -> list[GoldenCase]:
    """Every case of `file`; raises `CommandFailed` naming the line that is none, or an empty file."""
    cases = [_case(f"{file}:{number}", entry) for number, entry in objects(file)]
    if not cases:
        raise CommandFailed(f"{file}: holds no cases")
    return cases


def _case(place: str, entry: Mapping[str, Any]) -> GoldenCase:
    try:
        case = GoldenCase(
            case_id=entry["id"],
            kind=entry["kind"],
            question=entry["question"],
            answer=entry["answer"],
            collection=entry["collection"],
            documents=tuple(entry.get("documents", ())),
            entity=entry.get("entity", ""),
            categories=tuple(entry["categories"]),
            as_of=datetime.fromisoformat(entry["as_of"]),
            claims=tuple(GoldenClaim(claim["text"], claim["label"]) for claim in entry["claims"]),
            decision=entry["decision"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CommandFailed(f"{place}: is no golden case: {error!r}; samples/README.md lists the fields") from error
    _check(place, "decision", case.decision, guard_pb2.Decision.keys(), "DECISION_")
    for claim in case.claims:
        _check(place, "label", claim.label, guard_pb2.Label.keys(), "LABEL_")
    return case


def _check(place: str, field: str, value: str, names: list[str], prefix: str) -> None:
    known = [name.removeprefix(prefix) for name in names if not name.endswith("_UNSPECIFIED")]
    if value not in known:
        raise CommandFailed(f"{place}: {field} is one of {', '.join(known)}, got {value!r}")
