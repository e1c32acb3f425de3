"""Adopts a published model: from a hub name or a folder to weights that the service serves.

    python -m eval.adopt entailment cross-encoder/nli-deberta-v3-small --to weights/deberta
    python -m eval.adopt token-classifier KRLabsOrg/tinylettuce-ettin-17m-en --labels supported hallucinated --to weights/lettuce
    python -m eval.adopt embedder BAAI/bge-small-en-v1.5 --to weights/bge --int8

needs the extra `models`; serving the result does not. The model is exported to ONNX, compared with itself in PyTorch at
several lengths, and written with its own tokenizer and a config.json that states labels, longest input and hashes. Point
the setting `entailment` (for a token classifier too) or `embedder` at the folder.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnx import ModelProto
from sentence_transformers import SentenceTransformer
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModelForSequenceClassification, AutoModelForTokenClassification, AutoTokenizer

from eval.training.quantise import quantise
from server.errors import InvalidConfiguration
from server.models import embedder, entailment, token_classifier

LONGEST = 512
"""Tokens read at once, at most: attention costs the square of it, and evidence comes in windows of about 130 words."""

TOLERANCE = 1e-3
"""How far an output in ONNX may be from the same output in PyTorch."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model to adopt: its network in PyTorch, its tokenizer, and what its config.json will say beside the hashes."""

    network: nn.Module
    tokenizer: Any
    output: str
    max_tokens: int
    config: dict[str, object]


class Classifier(nn.Module):
    """A classifier whose output is its logits: of the pair, float32 [1, labels], or of each token, float32 [1, tokens, labels]."""

    def __init__(self, classifier: nn.Module) -> None:
        super().__init__()
        self.classifier = classifier

    def forward(self, *inputs: Tensor) -> Tensor:
        """Identifiers, attention mask and, where the model has them, segments: int64 [1, tokens] each."""
        logits: Tensor = self.classifier(**dict(zip(INPUTS, inputs, strict=False))).logits
        return logits


class SentenceEncoder(nn.Module):
    """A sentence-transformers model whose output is its vector at length one, float32 [1, dimension]."""

    def __init__(self, encoder: SentenceTransformer) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, *inputs: Tensor) -> Tensor:
        """Identifiers, attention mask and, where the model has them, segments: int64 [1, tokens] each."""
        features = self.encoder(dict(zip(INPUTS, inputs, strict=False)))
        return functional.normalize(features["sentence_embedding"], dim=1)


INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def main() -> None:
    """Load, export, compare, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=["entailment", "token-classifier", "embedder"])
    parser.add_argument("model", help="a hub name or a folder in the layout of Hugging Face")
    parser.add_argument("--to", type=Path, required=True, help="the folder to write")
    parser.add_argument("--int8", action="store_true", help="quantise: about half the time, a quarter of the space")
    parser.add_argument(
        "--labels", nargs="+", help="what the outputs mean, in order, where the model itself does not say"
    )
    given = parser.parse_args()
    adopt(load(given.kind, given.model, given.labels), given.to, int8=given.int8)


def load(kind: str, name: str, labels: Sequence[str] | None = None) -> Candidate:
    """The model `name` of a kind; `labels` are for models of claims that do not state their own."""
    if kind == "embedder":
        return load_embedder(name)
    return load_token_classifier(name, labels) if kind == token_classifier.KIND else load_entailment(name, labels)


def load_entailment(name: str, labels: Sequence[str] | None = None) -> Candidate:
    """The cross-encoder `name`; raises `InvalidConfiguration` when its labels do not say which output is entailment."""
    classifier = AutoModelForSequenceClassification.from_pretrained(name, attn_implementation="eager")
    labels = labels or labels_of(classifier)
    entailment.label_columns(labels, Path(name) / "config.json")
    tokenizer = AutoTokenizer.from_pretrained(name)
    return Candidate(
        Classifier(classifier).eval(),
        tokenizer,
        entailment.OUTPUT,
        longest_input(tokenizer.model_max_length, classifier.config),
        {"kind": "entailment", "version": name, "labels": list(labels), "pair_order": ["premise", "hypothesis"]},
    )


def load_token_classifier(name: str, labels: Sequence[str] | None = None) -> Candidate:
    """The token classifier `name`; raises `InvalidConfiguration` when its labels do not say which output is support."""
    classifier = AutoModelForTokenClassification.from_pretrained(name, attn_implementation="eager")
    labels = labels or labels_of(classifier)
    token_classifier.supported_column(labels, Path(name) / "config.json")
    tokenizer = AutoTokenizer.from_pretrained(name)
    return Candidate(
        Classifier(classifier).eval(),
        tokenizer,
        entailment.OUTPUT,
        longest_input(tokenizer.model_max_length, classifier.config),
        {
            "kind": token_classifier.KIND,
            "version": name,
            "labels": list(labels),
            "pair_order": ["premise", "hypothesis"],
        },
    )


def labels_of(classifier: Any) -> list[str]:
    """What the outputs mean, in order, as the model's own config says."""
    return [classifier.config.id2label[index] for index in range(classifier.config.num_labels)]


def load_embedder(name: str) -> Candidate:
    """The sentence-transformers model `name`, without a prompt before its texts."""
    encoder = SentenceTransformer(name, device="cpu", model_kwargs={"attn_implementation": "eager"})
    return Candidate(
        SentenceEncoder(encoder).eval(),
        encoder.tokenizer,
        embedder.OUTPUT,
        longest_input(encoder.get_max_seq_length() or LONGEST, encoder[0].auto_model.config),
        {"kind": "embedder", "version": name, "dimension": encoder.get_sentence_embedding_dimension()},
    )


def longest_input(stated: int, config: Any) -> int:
    """The tokens that tokenizer and position table both allow, at most `LONGEST`.

    RoBERTa counts positions from its padding token's identifier plus one, so its table holds that many fewer.
    """
    positions = getattr(config, "max_position_embeddings", LONGEST)
    offset = config.pad_token_id + 1 if "roberta" in config.model_type else 0
    return min(stated, positions - offset, LONGEST)


def adopt(candidate: Candidate, folder: Path, *, int8: bool) -> None:
    """Writes `candidate` to `folder` as weights; raises `InvalidConfiguration` when ONNX and PyTorch disagree."""
    inputs = [
        name for name in INPUTS if name in ("input_ids", "attention_mask", *candidate.tokenizer.model_input_names)
    ]
    model = export(candidate, inputs)
    compare(candidate, model, inputs)
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(quantise(model) if int8 else model, folder / "model.onnx")
    candidate.tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        **candidate.config,
        "max_tokens": candidate.max_tokens,
        "model_sha256": sha256(folder / "model.onnx"),
        "tokenizer_sha256": sha256(folder / "tokenizer.json"),
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def export(candidate: Candidate, inputs: Sequence[str]) -> ModelProto:
    """The network as float32 ONNX for one row of any length, as the service runs it."""
    tokens = torch.export.Dim("tokens", min=2, max=candidate.max_tokens)
    program = torch.onnx.export(
        candidate.network,
        example(candidate, inputs, 9),
        dynamo=True,
        opset_version=20,
        input_names=list(inputs),
        output_names=[candidate.output],
        dynamic_shapes=(tuple({1: tokens} for _ in inputs),),
        verbose=False,
    )
    assert program is not None
    return program.model_proto


def compare(candidate: Candidate, model: ModelProto, inputs: Sequence[str]) -> None:
    """Runs both forms on a short, a middling and the longest input; exporters have dropped inputs and fixed lengths."""
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    for length in (3, 17, candidate.max_tokens):
        feed = example(candidate, inputs, length)
        with torch.no_grad():
            expected: NDArray[np.float32] = candidate.network(*feed).numpy()
        found = session.run(None, {name: tensor.numpy() for name, tensor in zip(inputs, feed, strict=True)})[0]
        distance = float(np.abs(found - expected).max())
        if not distance <= TOLERANCE:
            raise InvalidConfiguration(
                f"{candidate.config['version']}: at {length} tokens its ONNX export is {distance:.2g} away from the "
                f"original, and at most {TOLERANCE} is allowed; the export does not say what the model says"
            )


def example(candidate: Candidate, inputs: Sequence[str], length: int) -> tuple[Tensor, ...]:
    """One row of `length` ordinary tokens for each input, as three tensors that are not one object."""
    draw = torch.Generator().manual_seed(length)
    ids = torch.randint(0, len(candidate.tokenizer), (1, length), generator=draw)
    ids[ids == candidate.tokenizer.pad_token_id] = candidate.tokenizer.unk_token_id
    filled = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "token_type_ids": torch.zeros_like(ids)}
    return tuple(filled[name] for name in inputs)


def sha256(path: Path) -> str:
    """The lower-case hex SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
