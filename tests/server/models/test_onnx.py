"""ONNX graphs that do not fit are refused at start; what goes wrong later is a ModelFailure."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.errors import InvalidConfiguration, ModelFailure
from server.models.onnx import OnnxNetwork
from server.models.scheduler import Tokens
from tests.fakes_models import TINY


def test_one_sequence_gives_one_row() -> None:
    """Words 1 and 3 push the first and the third column up by two each."""
    network = OnnxNetwork(TINY / "entailment.onnx", "logits")

    assert network(Tokens([1, 3, 3], [0, 0, 0])).tolist() == [2, 0, 4]


def test_a_file_that_is_no_graph_is_refused(tmp_path: Path) -> None:
    """The path is in the message."""
    (tmp_path / "model.onnx").write_bytes(b"no graph at all")

    with pytest.raises(InvalidConfiguration, match=r"model\.onnx: ONNX Runtime cannot load it"):
        OnnxNetwork(tmp_path / "model.onnx", "logits")


def test_a_graph_without_the_output_is_refused() -> None:
    """The message names the output needed and those found."""
    with pytest.raises(InvalidConfiguration, match=r"an output named 'logits', but has \['sentence_embedding'\]"):
        OnnxNetwork(TINY / "embedder.onnx", "logits")


def test_a_graph_with_unknown_inputs_is_refused() -> None:
    """An image model is no entailment model."""
    with pytest.raises(InvalidConfiguration, match=r"has the inputs \['pixels'\], but must have input_ids"):
        OnnxNetwork(TINY / "image.onnx", "logits")


def test_values_that_are_not_finite_are_a_failure() -> None:
    """A NaN never leaves the model as a score."""
    with pytest.raises(ModelFailure, match="not finite for 2 tokens"):
        OnnxNetwork(TINY / "not_a_number.onnx", "logits")(Tokens([1, 1], [0, 0]))


def test_a_token_the_graph_does_not_know_is_a_failure() -> None:
    """A tokenizer with more words than the graph has rows fails the call, not the process."""
    with pytest.raises(ModelFailure, match="ONNX Runtime failed on 1 tokens"):
        OnnxNetwork(TINY / "entailment.onnx", "logits")(Tokens([999], [0]))
