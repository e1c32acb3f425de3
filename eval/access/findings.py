"""What trials of access control came to, and the canaries by which it is seen."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields

_CANARY = re.compile(rb"canary\d{7}")


def canaries(content: bytes) -> set[str]:
    """The canaries in some bytes."""
    return {canary.decode() for canary in _CANARY.findall(content)}


@dataclass(slots=True)
class Findings:
    """What the trials came to; all but `queries`, `inverted`, `refused` and `changes` should stay at 0.

    `inverted` counts the queries to a tenant whose chunks had an inverted file, `refused` those of callers who must not be
    served, `changes` the writes and the new policies. `foreign` counts canaries in replies to callers who may not read them,
    and in what is never to have any; `forbidden` documents that were listed or served to those who may not know of them;
    `withheld` canaries that a caller may read and was not shown; `telling` replies that tell forbidden from absent. `scanned`
    is how many bytes of logs, metrics, audit, kept decisions and indexes were searched for canaries when all was asked.
    """

    queries: int = 0
    inverted: int = 0
    refused: int = 0
    changes: int = 0
    foreign: int = 0
    forbidden: int = 0
    withheld: int = 0
    telling: int = 0
    scanned: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def failures(self) -> int:
        """Everything that should not have happened."""
        return self.foreign + self.forbidden + self.withheld + self.telling

    def add(self, other: Findings) -> None:
        """Count those of another world as well."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
