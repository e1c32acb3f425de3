"""What the evidence says as a whole, for facts that may stand anywhere in it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from server.stages.evidence import terms
from server.stages.facts.entities import find_entities, folded


class Surroundings:
    """What the evidence says as a whole, titles and headings included."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = tuple(texts)
        self.text = "\n".join(texts)

    @cached_property
    def folded(self) -> str:
        """The text as names are looked up in it."""
        return folded(self.text)

    @cached_property
    def terms(self) -> frozenset[str]:
        """The terms of the text."""
        return terms(self.text)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names in the text."""
        return tuple(dict.fromkeys(name.name for name in find_entities(self.text) if not name.is_opening))

    @cached_property
    def squeezed(self) -> str:
        """The text's letters and digits alone, in lower case."""
        return squeezed(self.text)


def squeezed(text: str) -> str:
    """The letters and digits of `text` alone, in lower case."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())
