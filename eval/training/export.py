"""From trained weights to the folder that the service loads: int8 ONNX, tokenizer and config.json."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import onnx
import torch
from onnx import ModelProto
from tokenizers import Tokenizer

from eval.training.batches import LONGEST
from eval.training.network import LABELS, Judge
from eval.training.quantise import quantise

DESTINATION = Path(__file__).parents[2] / "server/models/weights/entailment"
LARGEST_FILE = 25_000_000
"""Bytes. The weights live in the repository."""


def export(weights: Path, tokenizer: Path, manifest: Path, version: str, destination: Path = DESTINATION) -> None:
    """Writes model.onnx, tokenizer.json and config.json to `destination`; raises ValueError when the model is too large.

    `weights` holds a state dict of `Judge`. The calibration is added later, by `calibrate`, since it is fitted on what
    these very files answer.
    """
    judge = Judge()
    judge.load_state_dict(torch.load(weights, weights_only=True))
    destination.mkdir(parents=True, exist_ok=True)
    onnx.save(quantise(to_onnx(judge.eval())), destination / "model.onnx")
    size = (destination / "model.onnx").stat().st_size
    if size > LARGEST_FILE:
        raise ValueError(f"{destination / 'model.onnx'} has {size} bytes; at most {LARGEST_FILE} are allowed")
    plain = Tokenizer.from_file(str(tokenizer))
    plain.no_padding()
    plain.no_truncation()
    plain.save(str(destination / "tokenizer.json"))
    config = {
        "kind": "entailment",
        "version": version,
        "max_tokens": LONGEST,
        "labels": list(LABELS),
        "pair_order": ["premise", "hypothesis"],
        "model_sha256": sha256(destination / "model.onnx"),
        "tokenizer_sha256": sha256(destination / "tokenizer.json"),
        "manifest_sha256": sha256(manifest),
    }
    (destination / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def to_onnx(judge: Judge) -> ModelProto:
    """`judge` as float32 ONNX for any number of rows and tokens."""
    # Three tensors, since the exporter would merge inputs that are one object.
    example = tuple(torch.ones(2, 7, dtype=torch.int64) for _ in range(3))
    rows, tokens = torch.export.Dim("rows"), torch.export.Dim("tokens")
    program = torch.onnx.export(
        judge,
        example,
        dynamo=True,
        opset_version=20,
        input_names=["input_ids", "attention_mask", "token_type_ids"],
        output_names=["logits"],
        dynamic_shapes=tuple({0: rows, 1: tokens} for _ in range(3)),
    )
    if program is None:
        raise RuntimeError("torch exported no ONNX program")
    model: ModelProto = program.model_proto
    return model


def sha256(path: Path) -> str:
    """The SHA-256 of the file at `path`, as hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
