"""From trained weights to a folder that the service loads: ONNX, tokenizer and config.json; int8, and float32 beside it."""

from __future__ import annotations

import json
from pathlib import Path

import onnx
import torch
from onnx import ModelProto
from tokenizers import Tokenizer

from eval.training.batches import LONGEST
from eval.training.export_embedder import sha256
from eval.training.network import LABELS, Judge
from eval.training.prepare import MANIFEST
from eval.training.quantise import quantise

FLOAT32 = "float32"
LARGEST_FILE = 25_000_000
"""Bytes. The weights live in the repository."""


def export(weights: Path, work: Path, tokenizer: Path, version: str, destination: Path) -> None:
    """Writes the int8 model to `destination` and the float32 one to `work`/float32, from the file `weights`.

    Raises ValueError when the int8 file is too large. The calibration is added later, since it is fitted on what these
    very files answer.
    """
    judge = Judge()
    judge.load_state_dict(torch.load(weights, weights_only=True))
    graph = to_onnx(judge.eval())
    small = quantise(graph)
    if small.ByteSize() > LARGEST_FILE:
        raise ValueError(f"the int8 model has {small.ByteSize()} bytes; at most {LARGEST_FILE} are allowed")
    for folder, model in ((destination, small), (work / FLOAT32, graph)):
        folder.mkdir(parents=True, exist_ok=True)
        onnx.save(model, folder / "model.onnx")
        plain = Tokenizer.from_file(str(tokenizer))
        plain.no_padding()
        plain.no_truncation()
        plain.save(str(folder / "tokenizer.json"))
        config = {
            "kind": "entailment",
            "version": version,
            "max_tokens": LONGEST,
            "labels": list(LABELS),
            "pair_order": ["premise", "hypothesis"],
            "model_sha256": sha256(folder / "model.onnx"),
            "tokenizer_sha256": sha256(folder / "tokenizer.json"),
            "manifest_sha256": sha256(work / MANIFEST),
        }
        (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


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
