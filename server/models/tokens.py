"""Tokenizers, with the truncation and padding that their files may ask for switched off: nothing is cut in silence.

A text that is too long for a model is read in windows; each window gets the special tokens of the tokenizer's own
template.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from chunkers import TokenCounter, WordwiseCounter
from server.errors import InvalidConfiguration
from server.models.scheduler import Tokens
from server.models.wordpiece import WordPieces


@dataclass(frozen=True, slots=True)
class PairWindow:
    """A sequence of two texts, and for each of its tokens whether it is of the second text."""

    tokens: Tokens
    second: NDArray[np.bool_]


def load_tokenizer(path: Path) -> Tokenizer:
    """The tokenizer in `path`, which neither cuts nor pads; raises `InvalidConfiguration` when it cannot be read."""
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:
        raise InvalidConfiguration(f"{path}: cannot be read as a tokenizer: {error}") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def count_tokens(tokenizer: Tokenizer, text: str) -> int:
    """How many tokens `text` has, special tokens not counted."""
    return len(_encode(tokenizer, text))


def token_counter(tokenizer: Tokenizer) -> TokenCounter:
    """`count_tokens` of one tokenizer: a `WordwiseCounter` when it is known to read every word by itself."""
    count = partial(count_tokens, tokenizer)
    return WordwiseCounter(count, WordPieces(tokenizer, count)) if _reads_words_alone(tokenizer) else count


def _reads_words_alone(tokenizer: Tokenizer) -> bool:
    """True of BERT's parts, which treat spaces and line breaks as nothing but borders, and tokens added without any."""
    parts = ((tokenizer.normalizer, BertNormalizer), (tokenizer.pre_tokenizer, BertPreTokenizer))
    return (
        isinstance(tokenizer.model, WordPiece)
        and all(isinstance(part, kind) for part, kind in parts)
        and not any(set(" \t\r\n") & set(added.content) for added in tokenizer.get_added_tokens_decoder().values())
    )


def text_windows(tokenizer: Tokenizer, text: str, max_tokens: int) -> list[Tokens]:
    """`text` as sequences of at most `max_tokens` tokens, special tokens included; one unless it is longer."""
    room = max_tokens - tokenizer.num_special_tokens_to_add(is_pair=False)
    return [_as_tokens(tokenizer.post_process(window)) for window in _windows(_encode(tokenizer, text), room, 0)]


def pair_windows(tokenizer: Tokenizer, first: str, second: str, max_tokens: int) -> list[Tokens]:
    """`first` beside the whole of `second` in sequences of at most `max_tokens`; one unless `first` is too long for it.

    Neighbouring windows share a quarter of `first`'s room, so that what stands at a seam is read whole at least once.
    Empty when `second` leaves less than a quarter of `max_tokens` to `first`.
    """
    return [_as_tokens(window) for window in _read_pair(tokenizer, first, second, max_tokens)]


def marked_pair_windows(tokenizer: Tokenizer, first: str, second: str, max_tokens: int) -> list[PairWindow]:
    """The sequences of `pair_windows`, each with the places of `second`.

    The segments do not tell: some tokenizers put both texts into one.
    """
    return [
        PairWindow(_as_tokens(window), np.array([sequence == 1 for sequence in window.sequence_ids], dtype=np.bool_))
        for window in _read_pair(tokenizer, first, second, max_tokens)
    ]


def _read_pair(tokenizer: Tokenizer, first: str, second: str, max_tokens: int) -> list[Encoding]:
    whole = _encode(tokenizer, second)
    room = max_tokens - tokenizer.num_special_tokens_to_add(is_pair=True) - len(whole)
    if room < max_tokens // 4:
        return []
    windows = _windows(_encode(tokenizer, first), room, room // 4)
    return [tokenizer.post_process(window, whole) for window in windows]


def _encode(tokenizer: Tokenizer, text: str) -> Encoding:
    return tokenizer.encode(text, add_special_tokens=False)


def _windows(encoding: Encoding, room: int, overlap: int) -> list[Encoding]:
    encoding.truncate(room, stride=overlap)
    return [encoding, *encoding.overflowing]


def _as_tokens(encoding: Encoding) -> Tokens:
    return Tokens(encoding.ids, encoding.type_ids)
