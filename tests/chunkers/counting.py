"""A token counter that needs no model and behaves like one: pieces of words, and two special tokens around them."""

import re

_PIECE = re.compile(r"\w{1,5}|[^\w\s]")


def count_tokens(text: str) -> int:
    """Return two special tokens and one for every five letters of a word and every other visible character."""
    return 2 + len(_PIECE.findall(text))
