"""How much of a claim's wording the evidence has: cheap, exact, and independent of any model."""

from __future__ import annotations

import re
from collections.abc import Sequence

_WORD = re.compile(r"\w+")


def normalised(text: str) -> str:
    """The words of `text` in lower case, with one blank between them and around; punctuation and layout are dropped."""
    return " " + " ".join(word.lower() for word in _WORD.findall(text)) + " "


def is_verbatim(statement: str, sentences: Sequence[str]) -> int | None:
    """The index of the first of `sentences` that is `statement` word for word, or None.

    Only a whole sentence counts: part of one may lose its "not", its "if" or its "only".
    """
    words = normalised(statement)
    if not words.strip():
        return None
    return next((index for index, sentence in enumerate(sentences) if normalised(sentence) == words), None)
