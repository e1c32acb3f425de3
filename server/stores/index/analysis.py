"""Text to index terms: words in lower case, without the commonest English ones, reduced to their stems, as 64-bit hashes.

Terms are hashes, so that segments need no shared dictionary; with a million different terms the chance that any two collide is
about 3 in 100 million. Scripts written without spaces are indexed as overlapping pairs of characters.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b
from threading import Lock

import numpy as np
import Stemmer
from numpy.typing import NDArray

ANALYSER = f"english-{Stemmer.version()}-1"
"""A name that changes whenever the same text would yield other terms."""

_CACHED_WORDS = 1 << 18
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f"
_WORD = re.compile(rf"[{_UNSPACED}]+|\d+(?:[.,]\d+)+|[^\W_{_UNSPACED}]+")
_UNSPACED_START = re.compile(rf"[{_UNSPACED}]")

# Function words that say nothing of what a passage is about. "not", "no" and the question words stay: a claim turns on them.
_STOP_WORDS = frozenset(
    "a an and are as at be but by for from had has have if in into is it its of on or such that the their then there these "
    "they this to was were will with".split()
)

_stemmer = Stemmer.Stemmer("english")
_stemming = Lock()


def terms_of(text: str) -> NDArray[np.uint64]:
    """The terms of a text in order, repeated as often as they occur."""
    hashes = [term for word in _words(text) if (term := _term(word)) is not None]
    return np.array(hashes, dtype=np.uint64)


def _words(text: str) -> list[str]:
    words: list[str] = []
    for word in _WORD.findall(unicodedata.normalize("NFKC", text).lower()):
        if len(word) > 2 and _UNSPACED_START.match(word):
            words.extend(word[at : at + 2] for at in range(len(word) - 1))
        else:
            words.append(word)
    return words


@lru_cache(maxsize=_CACHED_WORDS)
def _term(word: str) -> int | None:
    if word in _STOP_WORDS:
        return None
    with _stemming:
        # PyStemmer's object keeps a cache of its own and is not safe to share between threads.
        stem = _stemmer.stemWord(word)
    return int.from_bytes(blake2b(stem.encode(), digest_size=8).digest(), "little")
