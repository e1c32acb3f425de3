"""Weights that fit in a test, and models that fail on demand, behind the seams of `server.models`."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from tokenizers.processors import TemplateProcessing

from server.deadline import NEVER, Deadline
from server.domain import Degradation
from server.models.base import Pair

TINY = Path(__file__).parent / "server/models/tiny"
VOCABULARY = {"?": 0, "yes": 1, "maybe": 2, "no": 3, "shop": 4, "opens": 5, "[CLS]": 6, "[SEP]": 7}


def tiny_tokenizer() -> Tokenizer:
    """One token a word, with BERT's template around one text or two."""
    tokenizer = Tokenizer(WordLevel(VOCABULARY, unk_token="?"))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 6), ("[SEP]", 7)]
    )
    return tokenizer


def write_weights(folder: Path, model: str, **config: object) -> Path:
    """A folder of weights around the tiny graph `model`; `config` adds to config.json or overrides it."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(TINY / f"{model}.onnx", folder / "model.onnx")
    tiny_tokenizer().save(str(folder / "tokenizer.json"))
    stated: dict[str, object] = {
        "kind": "embedder" if model == "embedder" else "entailment",
        "version": f"tiny-{model}",
        "max_tokens": 16,
        "dimension": 3,
        "labels": ["entailment", "neutral", "contradiction"],
        "pair_order": ["premise", "hypothesis"],
        "model_sha256": sha256(folder / "model.onnx"),
        "tokenizer_sha256": sha256(folder / "tokenizer.json"),
    }
    (folder / "config.json").write_text(json.dumps({**stated, **config}), encoding="utf-8")
    return folder


def sha256(path: Path) -> str:
    """The lower-case hex SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@dataclass
class ScriptedEntailment:
    """Answers one row for every pair, or raises what `error` holds; counts how often it was asked."""

    version: str = "scripted-1"
    degradation: Degradation | None = None
    row: tuple[float, float, float] = (0.8, 0.1, 0.1)
    error: Exception | None = None
    calls: int = 0

    def score(self, pairs: Sequence[Pair], deadline: Deadline = NEVER) -> NDArray[np.float32]:
        self.calls += 1
        if self.error is not None:
            raise self.error
        return np.array([self.row] * len(pairs), dtype=np.float32)


@dataclass
class Clock:
    """A clock that moves only when told to, in seconds."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now
