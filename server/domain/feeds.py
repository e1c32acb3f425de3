"""Changes of documents, numbered by where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from server.domain.documents import DocumentKey, Source


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a feed: a document to store, or the key of one to remove; `sequence`, from 1, numbers it in its feed."""

    sequence: int
    what: Source | DocumentKey

    @property
    def key(self) -> DocumentKey:
        """The document that it changes."""
        return self.what.key if isinstance(self.what, Source) else self.what


class ChangeStatus(StrEnum):
    """What became of one change of a feed; SKIPPED says that it, or a later one, had been applied before."""

    APPLIED = "APPLIED"
    UNCHANGED = "UNCHANGED"
    SKIPPED = "SKIPPED"
    REJECTED = "REJECTED"


@dataclass(frozen=True, slots=True)
class ChangeOutcome:
    """The acknowledgement of one change.

    `missing` counts the numbers between the change that was applied before and this one; `version` is the document's current
    one, 0 if there is none. `reason` and `message` are set when it was REJECTED.
    """

    sequence: int
    key: DocumentKey
    status: ChangeStatus
    version: int = 0
    missing: int = 0
    reason: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class FeedProgress:
    """What became of changes, how far their feed is applied now (0: not begun), and the revision that shows it."""

    outcomes: tuple[ChangeOutcome, ...]
    sequence: int
    revision: int
