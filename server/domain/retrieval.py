"""A question to the corpus, and what is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from server.domain.callers import Caller
from server.domain.entities import EntityCard
from server.domain.evidence import Passage
from server.domain.service import Degradation, Timing


class RetrievalMode(StrEnum):
    """Which indexes answer a query; HYBRID fuses both by reciprocal rank."""

    HYBRID = "HYBRID"
    DENSE = "DENSE"
    LEXICAL = "LEXICAL"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which documents a query may see: every given condition must hold; an empty one does not restrict.

    `labels` and `entity_keys` hold when the document has at least one of them; `metadata` when all its pairs are equal.
    """

    collections: tuple[str, ...] = ()
    document_ids: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    entity_keys: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Query:
    """One question to the corpus, asked by `caller` within what it may see.

    `text` may be empty where the filter names one entity: then the newest observations come first.
    `top_k` passages at most, and `token_budget` tokens at most (0: no budget). `as_of` reads what was current and valid
    then (None: now); `max_age` refuses what was observed longer before that. `min_revision` waits until the index holds
    that revision.
    """

    caller: Caller
    text: str
    filter: Filter = Filter()
    mode: RetrievalMode = RetrievalMode.HYBRID
    top_k: int = 8
    token_budget: int = 0
    as_of: datetime | None = None
    max_age: timedelta | None = None
    min_revision: int = 0

    @property
    def entity(self) -> str:
        """The one entity that the query is about, or "" for any."""
        keys = self.filter.entity_keys
        return keys[0] if len(keys) == 1 else ""


class LeftOutReason(StrEnum):
    """Why a passage that was found is not in the reply."""

    TOKEN_BUDGET = "TOKEN_BUDGET"
    OVERLAP = "OVERLAP"
    STALE = "STALE"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A passage that ranked high enough to be returned but was left out; `age` is given for what is STALE."""

    passage_id: str
    reason: LeftOutReason
    tokens: int
    age: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Retrieval:
    """The passages for a query, best first, and what they cost; `card` is given for a query about one entity.

    The passages that hold the card's fields come before the others, and beside the `top_k` asked for. `access_policy` is the
    version of the policies that decided on access, `permitted_by` the ids of those that let the passages through.
    """

    passages: tuple[Passage, ...]
    tokens: int
    revision: int
    card: EntityCard | None = None
    left_out: tuple[LeftOut, ...] = ()
    degraded: tuple[Degradation, ...] = ()
    timings: tuple[Timing, ...] = ()
    access_policy: str = ""
    permitted_by: tuple[str, ...] = ()
