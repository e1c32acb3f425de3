"""Labelled answers to derive a threshold from: scored already, or to be scored by the service."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import groundwire
from eval.grounding.benchmark import judge_each
from eval.grounding.rows import LABELS, SUPPORTED, Row
from eval.risk.control import Scored
from groundwire.v1 import guard_pb2
from server.commands.failure import CommandFailed
from server.commands.json_lines import objects

_THRESHOLD_REASONS = frozenset({guard_pb2.REASON_CODE_LOW_CONFIDENCE, guard_pb2.REASON_CODE_HIGH_STAKES})


def read_scored(file: Path) -> list[Scored]:
    """Rows of JSON: `label`, `confidence` (null or absent: never passes) and, where known, `categories` and `source`.

    Raises `CommandFailed` naming the line that is none.
    """
    return [_scored(f"{file}:{number}", entry) for number, entry in objects(file)]


def write_scored(file: Path, rows: Sequence[Scored]) -> None:
    """The rows in the form that `read_scored` reads."""
    lines = [
        json.dumps(
            {
                "confidence": row.confidence,
                "label": "supported" if row.is_supported else "unsupported",
                "categories": list(row.categories),
                "source": row.source,
            }
        )
        for row in rows
    ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def score_rows(client: groundwire.Client, rows: Sequence[Row], source: str) -> Iterator[Scored]:
    """Each row with what `Guard.Validate` says of it, in order."""
    for row, verdict in zip(rows, judge_each(client, rows), strict=True):
        yield scored(verdict, is_supported=row.is_supported, source=source)


def scored(verdict: guard_pb2.ValidateResponse, *, is_supported: bool, source: str = "") -> Scored:
    """A verdict as a row: its confidence, unless something other than a threshold or a category keeps it from passing."""
    passes = all(reason.code in _THRESHOLD_REASONS for reason in verdict.reasons)
    return Scored(verdict.confidence if passes else None, is_supported, tuple(verdict.categories), source)


def _scored(place: str, entry: dict[str, Any]) -> Scored:
    confidence, label = entry.get("confidence"), entry.get("label")
    if label not in LABELS:
        raise CommandFailed(f"{place}: label is one of {', '.join(sorted(LABELS))}, got {label!r}")
    if isinstance(confidence, bool) or not isinstance(confidence, float | int | None):
        raise CommandFailed(f"{place}: confidence is a number in [0, 1] or null, got {confidence!r}")
    if confidence is not None and not 0 <= confidence <= 1:
        raise CommandFailed(f"{place}: confidence is in [0, 1], got {confidence!r}")
    categories = entry.get("categories", [])
    if not isinstance(categories, list) or not all(isinstance(each, str) for each in categories):
        raise CommandFailed(f"{place}: categories is a list of names, got {categories!r}")
    value = None if confidence is None else float(confidence)
    return Scored(value, label in SUPPORTED, tuple(categories), str(entry.get("source", "")))
