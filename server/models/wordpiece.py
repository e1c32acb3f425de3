"""Counting the tokens of a word from BERT's vocabulary alone, several times as fast as its tokenizer tells."""

from __future__ import annotations

import re
from collections.abc import Callable

from tokenizers import Tokenizer

_VISIBLE_ASCII = re.compile(r"[!-~]+")
_RUN_OR_MARK = re.compile(r"[A-Za-z0-9]+|[!-~]")


class WordPieces:
    """How many tokens a word without white space has, special tokens left out.

    BERT's parts make of visible ASCII characters runs of letters and digits, and marks that are one token each; WordPiece
    takes from a run the longest piece that the vocabulary holds, again and again (Wu et al. 2016, as in BERT). Words with
    any other character, or with an added token in them, are left to `count`.
    """

    def __init__(self, tokenizer: Tokenizer, count: Callable[[str], int]) -> None:
        """tokenizer: of a BertNormalizer, a BertPreTokenizer and a WordPiece model. count: tokens of any text by it."""
        self._count = count
        self._vocabulary = frozenset(tokenizer.get_vocab(with_added_tokens=False))
        self._longest_piece = max(map(len, self._vocabulary), default=0)
        self._lowercase = tokenizer.normalizer.lowercase
        self._continued = tokenizer.model.continuing_subword_prefix
        self._longest_run = tokenizer.model.max_input_chars_per_word
        added = "|".join(re.escape(each.content) for each in tokenizer.get_added_tokens_decoder().values())
        self._added = re.compile(added or r"(?!)", re.IGNORECASE)

    def __call__(self, word: str) -> int:
        """Return the tokens of the word."""
        if not _VISIBLE_ASCII.fullmatch(word) or self._added.search(word):
            return self._count(word)
        vocabulary = self._vocabulary
        runs = _RUN_OR_MARK.findall(word.lower() if self._lowercase else word)
        return sum([1 if run in vocabulary else self._pieces(run) for run in runs])

    def _pieces(self, run: str) -> int:
        """The pieces of a run; one, the unknown token, if it is too long or cannot be put together."""
        if len(run) > self._longest_run:
            return 1
        start = pieces = 0
        while start < len(run):
            prefix = self._continued if start else ""
            end = min(len(run), start + self._longest_piece)
            while prefix + run[start:end] not in self._vocabulary:
                end -= 1
                if end == start:
                    return 1
            start = end
            pieces += 1
        return pieces
