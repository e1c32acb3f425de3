"""Whose tokens requests are counted in."""

from __future__ import annotations

from importlib import import_module

from chunkers import TokenCounter
from server.commands.failure import CommandFailed
from server.models.base import Embedder

EMBEDDER = "embedder"
NAMES = (EMBEDDER, "cl100k", "o200k")


def token_counter(name: str, embedder: Embedder) -> TokenCounter:
    """The embedding model's own counter, or OpenAI's cl100k or o200k from the package bpe-openai."""
    if name == EMBEDDER:
        return embedder.count_tokens
    if name not in NAMES:
        raise CommandFailed(f"--tokenizer {name}: one of {', '.join(NAMES)} is expected")
    try:
        encodings = import_module("bpe_openai")
    except ImportError:
        raise CommandFailed(f"--tokenizer {name}: needs the package bpe-openai: pip install bpe-openai") from None
    counter = encodings.cl100k_base() if name == "cl100k" else encodings.o200k_base()
    return lambda text: int(counter.count(text))
