"""Which passages are about another entity than a claim: the record of one customer says nothing about another.

A passage is about the codes in its text, title and entity keys ("CUS-1041"). When a claim, its question's request or both name a
code, a passage that has codes of the same pattern but not that one is foreign to the claim: it neither supports nor contradicts it.
"""

from __future__ import annotations

from collections.abc import Sequence

from server.domain import Passage
from server.stages.facts.alignment import Statement
from server.stages.facts.identifiers import Identifier, agrees, comparable, find_codes


class Scope:
    """The codes that each passage of a request is about."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._codes = [
            find_codes(" ; ".join([passage.attributes.title, *passage.attributes.entity_keys, passage.text]))
            for passage in passages
        ]
        self._foreign: dict[tuple[str, tuple[str, ...]], frozenset[int]] = {}

    def foreign_to(self, statement: Statement, keys: Sequence[str]) -> frozenset[int]:
        """The indexes of the passages that are about other entities than the claim, or than the request's entity `keys`."""
        asked = (statement.claim.statement, tuple(keys))
        if asked not in self._foreign:
            own = find_codes(statement.claim.statement) or find_codes(" ; ".join(keys))
            self._foreign[asked] = frozenset(
                index for index, codes in enumerate(self._codes) if any(_is_foreign(code, codes) for code in own)
            )
        return self._foreign[asked]


def _is_foreign(code: Identifier, codes: Sequence[Identifier]) -> bool:
    """Whether `codes` name entities of the kind of `code`, and not that one."""
    alike = [other for other in codes if comparable(code, other)]
    return bool(alike) and not any(agrees(code, other) for other in alike)
