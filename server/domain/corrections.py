"""An answer put right by its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from server.domain.spans import Span


class EditKind(StrEnum):
    """What an edit of an answer does: takes a part out, puts in what the evidence says, or adds a citation marker."""

    REMOVED = "REMOVED"
    REPLACED = "REPLACED"
    CITED = "CITED"


@dataclass(frozen=True, slots=True)
class Edit:
    """`text` instead of the answer's `span`, on account of claim number `claim` of the verdict."""

    kind: EditKind
    span: Span
    text: str
    claim: int


@dataclass(frozen=True, slots=True)
class Correction:
    """The answer after `edits`, which passes; or, when there is none that does, empty with the `reason`.

    The citation marker [n] stands for passage number `sources[n - 1]`.
    """

    answer: str
    edits: tuple[Edit, ...] = ()
    sources: tuple[int, ...] = ()
    reason: str = ""
