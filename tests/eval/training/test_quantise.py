"""int8 models say what their float32 originals say, in a quarter of the space."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

onnx = pytest.importorskip("onnx", reason="needs the extra `models`")

from eval.training.quantise import quantise, quantise_tables  # noqa: E402 - imports onnx itself

ROWS, WIDTH, OUTPUTS = 300, 768, 5


def two_layers() -> Any:
    """A table of `ROWS` words, whose rows of `WIDTH` numbers a matrix turns into `OUTPUTS`."""
    draw = np.random.default_rng(7)
    return onnx.helper.make_model(
        onnx.helper.make_graph(
            [
                onnx.helper.make_node(
                    "Gather", ["table", "input_ids"], ["states"], axis=0, doc_string='File "/home/me"'
                ),
                onnx.helper.make_node("MatMul", ["states", "weights"], ["logits"]),
            ],
            "two_layers",
            [onnx.helper.make_tensor_value_info("input_ids", onnx.TensorProto.INT64, ["rows", "tokens"])],
            [onnx.helper.make_tensor_value_info("logits", onnx.TensorProto.FLOAT, ["rows", "tokens", OUTPUTS])],
            [
                onnx.numpy_helper.from_array(draw.normal(size=(ROWS, WIDTH)).astype(np.float32), "table"),
                onnx.numpy_helper.from_array(draw.normal(size=(WIDTH, OUTPUTS)).astype(np.float32), "weights"),
            ],
        ),
        opset_imports=[onnx.helper.make_opsetid("", 18)],
        ir_version=9,
    )


def run(model: Any, *ids: int) -> NDArray[np.float32]:
    """The output for one row of `ids`."""
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"input_ids": np.array([ids], dtype=np.int64)})[0][0])


def cosine(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Of the two arrays as vectors."""
    return float((one * other).sum() / np.linalg.norm(one) / np.linalg.norm(other))


def test_the_small_model_answers_like_the_large_one() -> None:
    """Same inputs, same outputs, nearly the same numbers."""
    assert cosine(run(two_layers(), 3, 250, 0), run(quantise(two_layers()), 3, 250, 0)) > 0.999


def test_the_small_model_takes_a_quarter_of_the_space() -> None:
    """Tables and matrices alike."""
    assert quantise(two_layers()).ByteSize() < 0.28 * two_layers().ByteSize()


def test_shorter_slices_are_closer_to_the_original() -> None:
    """An outlier in one slice leaves the precision of the others alone."""
    model = two_layers()
    table = onnx.numpy_helper.to_array(model.graph.initializer[0]).copy()
    table[:, 0] *= 50
    model.graph.initializer[0].CopyFrom(onnx.numpy_helper.from_array(table, "table"))
    exact = run(model, 1, 2, 3)

    errors = [np.abs(run(quantise(model, longest), 1, 2, 3) - exact).mean() for longest in (WIDTH, 96)]

    assert errors[1] < errors[0]


def test_rows_of_a_table_keep_their_own_scale() -> None:
    """A row of small numbers is not rounded away beside a row of large ones."""
    model = two_layers()
    table = onnx.numpy_helper.to_array(model.graph.initializer[0]).copy()
    table[1] *= 1e-4
    model.graph.initializer[0].CopyFrom(onnx.numpy_helper.from_array(table, "table"))

    assert cosine(run(model, 1), run(quantise_tables(model), 1)) > 0.999


def test_the_original_is_left_as_it_was() -> None:
    """Quantising is a function."""
    model = two_layers()
    before = model.SerializeToString()
    quantise(model)

    assert model.SerializeToString() == before


def test_notes_of_the_exporter_are_gone() -> None:
    """A published file names no folder of the machine that made it."""
    assert b"/home/me" not in quantise(two_layers()).SerializeToString()
