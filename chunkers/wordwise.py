"""Counting the tokens of a text word by word, for tokenizers that never join what white space keeps apart."""

import re
from collections.abc import Callable

from chunkers.limits import TokenCounter

_CONTROL_SPACE = re.compile("[\x0b\x0c\x1c-\x1f\x85]")
"""White space to Python, but control characters to Unicode, which tokenizers may drop, joining what is around them."""

_WORD = re.compile(r"[^ \t\r\n]+")
_MOST_WORDS = 200_000
_LONGEST_WORD = 64
"""Longer words, which seldom come twice, are counted without being remembered."""


class WordwiseCounter:
    """A token counter of which this is true: a text has the tokens of its words, and no others but special ones.

    Words are what spaces, tabs and line breaks keep apart. It is true of BERT's WordPiece, and not of tokenizers for
    which white space is part of a token. Called, it counts like the function that it is made of, `count`; `words` gives
    the same sum from what each word counted before. Safe to call from many threads.

    count_word: a faster way to count one word, special tokens left out; by default `count` is asked.
    """

    def __init__(self, count: TokenCounter, count_word: Callable[[str], int] | None = None) -> None:
        self._count = count
        self.special_tokens = count("")
        self._known = _Words(count_word or self._count_word)

    def __call__(self, text: str) -> int:
        """Return the tokens of the text, special tokens included."""
        return self._count(text)

    def words(self, text: str) -> int:
        """Return the tokens of the text's words, special tokens left out."""
        words = _WORD.findall(text) if _CONTROL_SPACE.search(text) else text.split()
        return sum(map(self._known.__getitem__, words))

    def _count_word(self, word: str) -> int:
        return self._count(word) - self.special_tokens


class _Words(dict[str, int]):
    """What each word counts; it starts anew when it has grown too large."""

    def __init__(self, count: Callable[[str], int]) -> None:
        super().__init__()
        self._count = count

    def __missing__(self, word: str) -> int:
        tokens = self._count(word)
        if len(word) <= _LONGEST_WORD:
            if len(self) >= _MOST_WORDS:
                self.clear()
            self[word] = tokens
        return tokens
