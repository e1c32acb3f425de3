"""Models of the shapes that peers of the bundled one have, with random weights: as fast as theirs, and as good as a die.

Needs the extra `models`. The sizes are those of the published configurations; the weights play no part in how long a model takes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import onnx
import torch
from torch import Tensor, nn
from transformers import (
    DebertaV2Config,
    DebertaV2Model,
    ModernBertConfig,
    ModernBertModel,
    RobertaConfig,
    RobertaModel,
    T5Config,
    T5EncoderModel,
)

LABELS = 3
LONGEST = 512

T5_BASE: Mapping[str, Any] = {
    "vocab_size": 32_128,
    "d_model": 768,
    "d_kv": 64,
    "d_ff": 3_072,
    "num_layers": 12,
    "num_heads": 12,
}
ROBERTA_LARGE: Mapping[str, Any] = {
    "vocab_size": 50_265,
    "hidden_size": 1_024,
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
    "intermediate_size": 4_096,
    "max_position_embeddings": 514,
    "type_vocab_size": 1,
}
DEBERTA_V3_LARGE: Mapping[str, Any] = {
    "vocab_size": 128_100,
    "hidden_size": 1_024,
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
    "intermediate_size": 4_096,
    "relative_attention": True,
    "position_buckets": 256,
    "pos_att_type": ["p2c", "c2p"],
    "share_att_key": True,
    "norm_rel_ebd": "layer_norm",
    "position_biased_input": False,
    "type_vocab_size": 0,
}
MODERNBERT_BASE: Mapping[str, Any] = {}
"""The library's own defaults."""

SHAPES: Mapping[str, tuple[Callable[..., Any], Callable[..., Any], Mapping[str, Any]]] = {
    "T5-base, encoder": (T5EncoderModel, T5Config, T5_BASE),
    "ModernBERT-base": (ModernBertModel, ModernBertConfig, MODERNBERT_BASE),
    "RoBERTa-large": (RobertaModel, RobertaConfig, ROBERTA_LARGE),
    "DeBERTa-v3-large": (DebertaV2Model, DebertaV2Config, DEBERTA_V3_LARGE),
}
"""By name: the network, its configuration, and what the configuration is made of."""


class Judge(nn.Module):
    """An encoder with a head over its first token; logits float32 [1, 3]."""

    def __init__(self, encoder: Any) -> None:
        super().__init__()
        self.encoder = encoder
        config = encoder.config
        self.head = nn.Linear(getattr(config, "hidden_size", None) or config.d_model, LABELS)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Identifiers and attention mask, int64 [1, tokens] each."""
        states: Tensor = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        logits: Tensor = self.head(states[:, 0])
        return logits


def write_shape(name: str, folder: Path, **other_sizes: Any) -> Path:
    """The model called `name` in float32 as an ONNX file in `folder`, for one row of any length; `other_sizes` override its own."""
    network, configuration, sizes = SHAPES[name]
    torch.manual_seed(1)
    judge = Judge(network(configuration(**{**sizes, **other_sizes}, attn_implementation="eager"))).eval()
    # Two tensors, since the exporter would merge inputs that are one object.
    example = tuple(torch.ones(1, 9, dtype=torch.int64) for _ in range(2))
    tokens = torch.export.Dim("tokens", min=2, max=LONGEST)
    program = torch.onnx.export(
        judge,
        example,
        dynamo=True,
        opset_version=20,
        input_names=["input_ids", "attention_mask"],
        output_names=["logits"],
        dynamic_shapes=({1: tokens}, {1: tokens}),
        verbose=False,
    )
    if program is None:
        raise RuntimeError(f"torch exported no ONNX program of {name}")
    path = folder / f"{name.replace(', ', '-')}.onnx"
    onnx.save(program.model_proto, path)
    return path
