"""Pairs as token identifiers, and batches of about the same number of tokens each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from eval.training.data import CONTRADICTION, ENTAILMENT, NEUTRAL, UNSUPPORTED, Pair

LONGEST = 256
"""Tokens of a pair, the special ones included; the premise is cut if need be, never the hypothesis."""
TARGETS = {ENTAILMENT: 0, NEUTRAL: 1, CONTRADICTION: 2, UNSUPPORTED: 3}
"""The first three are the network's outputs; the last stands for neutral or contradiction."""
_STEP = 8


@dataclass(frozen=True, slots=True)
class Example:
    """One tokenised pair: `ids` int32 [t], of which those from `split` on are the hypothesis; `target` 0..3."""

    ids: NDArray[np.int32]
    split: int
    target: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded examples, int64: three arrays [n, t] and the targets [n]."""

    input_ids: NDArray[np.int64]
    attention_mask: NDArray[np.int64]
    token_type_ids: NDArray[np.int64]
    targets: NDArray[np.int64]


def load_tokenizer(path: Path) -> Tokenizer:
    """The WordPiece tokenizer at `path`, set to cut the premise of pairs beyond `LONGEST` tokens and to pad nothing."""
    tokenizer: Tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST, strategy="only_first")
    return tokenizer


def encode(tokenizer: Tokenizer, pairs: Sequence[Pair]) -> list[Example]:
    """One example a pair, in order."""
    examples = []
    for start in range(0, len(pairs), 4_096):
        part = pairs[start : start + 4_096]
        encodings = tokenizer.encode_batch([(pair.premise, pair.hypothesis) for pair in part])
        for pair, encoding in zip(part, encodings, strict=True):
            kinds = encoding.type_ids
            examples.append(
                Example(np.array(encoding.ids, dtype=np.int32), len(kinds) - sum(kinds), TARGETS[pair.label])
            )
    return examples


def plan(lengths: Sequence[int], tokens: int, seed: int) -> list[NDArray[np.int64]]:
    """Indices into `lengths` by batch: every one once, near lengths together, at most `tokens` padded tokens a batch.

    Both the order of the batches and what meets in one are drawn from `seed`.
    """
    random = np.random.default_rng(seed)
    noisy = np.asarray(lengths) * random.uniform(0.95, 1.05, size=len(lengths))
    batches: list[NDArray[np.int64]] = []
    batch: list[int] = []
    longest = 0
    for index in np.argsort(noisy, kind="stable").tolist():
        longest = max(longest, _padded(lengths[index]))
        if batch and longest * (len(batch) + 1) > tokens:
            batches.append(np.array(batch))
            batch, longest = [], _padded(lengths[index])
        batch.append(index)
    if batch:
        batches.append(np.array(batch))
    return [batches[at] for at in random.permutation(len(batches))]


def collate(examples: Sequence[Example]) -> Batch:
    """`examples` padded to the longest of them, rounded up to a multiple of eight."""
    width = _padded(max(len(example.ids) for example in examples))
    ids = np.zeros((len(examples), width), dtype=np.int64)
    mask, kinds = np.zeros_like(ids), np.zeros_like(ids)
    for row, example in enumerate(examples):
        length = len(example.ids)
        ids[row, :length] = example.ids
        mask[row, :length] = 1
        kinds[row, example.split : length] = 1
    return Batch(ids, mask, kinds, np.array([example.target for example in examples]))


def in_order(examples: Sequence[Example], tokens: int = 6_000) -> Iterator[tuple[NDArray[np.int64], Batch]]:
    """Batches for measuring, each with the indices of its examples."""
    for indices in plan([len(example.ids) for example in examples], tokens, seed=0):
        yield indices, collate([examples[index] for index in indices])


def _padded(length: int) -> int:
    return -(-length // _STEP) * _STEP
