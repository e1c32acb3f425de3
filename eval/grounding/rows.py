"""Labelled rows: JSON lines of premise, hypothesis and label, as `<set>.jsonl` or `<set>.jsonl.gz`."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.commands.failure import CommandFailed

SUPPORTED = frozenset({"entailment", "supported"})
THREE_WAY = frozenset({"entailment", "neutral", "contradiction"})
LABELS = SUPPORTED | THREE_WAY | {"unsupported"}


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled statement.

    label: "entailment" or "supported"; "contradiction"; "neutral" for neither; "unsupported" for either of these two.
    source: the subset that the row is from. model: the generator that wrote the statement, "" if a person did.
    source_id: what rows made from one source text share, "" if the set does not say.
    """

    premise: str
    hypothesis: str
    label: str
    question: str = ""
    source: str = ""
    model: str = ""
    source_id: str = ""

    @property
    def is_supported(self) -> bool:
        """Whether the premise supports the hypothesis."""
        return self.label in SUPPORTED


def set_names(folder: Path) -> list[str]:
    """The sets in `folder`, by name. Raises `CommandFailed` when there is none."""
    names = sorted({file.name.partition(".jsonl")[0] for file in folder.glob("*.jsonl*")})
    if not names:
        raise CommandFailed(f"{folder}: holds no .jsonl or .jsonl.gz files")
    return names


def read_rows(folder: Path, name: str) -> list[Row]:
    """All rows of a set. Raises `CommandFailed` naming the line that is none."""
    plain = folder / f"{name}.jsonl"
    file = plain if plain.exists() else folder / f"{name}.jsonl.gz"
    try:
        content = file.read_bytes()
        text = (gzip.decompress(content) if file.suffix == ".gz" else content).decode()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise CommandFailed(f"{file}: cannot be read: {error}") from error
    # Not `splitlines`, which cuts at the separators that texts may hold as they are.
    lines = text.removesuffix("\n").split("\n") if text else []
    return [_row(f"{file}:{number}", line) for number, line in enumerate(lines, start=1)]


def sample(rows: Sequence[Row], limit: int, seed: int, keep: Callable[[Row], bool] = lambda _: True) -> list[Row]:
    """At most `limit` of the rows to `keep` (0: all of them), drawn by `seed`, in their own order."""
    kept = [row for row in rows if keep(row)]
    if not limit or len(kept) <= limit:
        return kept
    chosen = sorted(random.Random(seed).sample(range(len(kept)), limit))
    return [kept[index] for index in chosen]


def _row(place: str, line: str) -> Row:
    try:
        values: dict[str, Any] = json.loads(line)
        label = values["label"]
        row = Row(
            premise=values["premise"],
            hypothesis=values["hypothesis"],
            label=label,
            question=values.get("question") or "",
            source=values.get("source") or "",
            model=values.get("model") or "",
            source_id=str(values.get("source_id", "")),
        )
    except (ValueError, TypeError, KeyError) as error:
        raise CommandFailed(f"{place}: needs premise, hypothesis and label: {error!r}") from error
    if label not in LABELS:
        raise CommandFailed(f"{place}: label is one of {', '.join(sorted(LABELS))}, got {label!r}")
    return row
