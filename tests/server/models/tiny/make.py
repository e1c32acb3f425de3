"""Rebuilds the ONNX files beside it: `python tests/server/models/tiny/make.py`, with the package `onnx`.

Each token has one row of numbers, and a text's output is the sum of its tokens' rows: small enough to work out by hand.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).parent
WORDS = 8


def summing(table: np.ndarray, output: str, last: str = "Identity", tokens: str = "input_ids") -> onnx.ModelProto:
    """A graph that sums the rows of `table` over the tokens of each text and passes the sums through the operator `last`."""
    nodes = [
        helper.make_node("Gather", ["table", tokens], ["rows"], axis=0),
        helper.make_node("ReduceSum", ["rows", "token_axis"], ["sums"], keepdims=0),
        helper.make_node(last, ["sums"], [output]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(tokens, TensorProto.INT64, ["rows_in", "tokens"])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["rows_in", table.shape[1]])],
        [
            numpy_helper.from_array(table.astype(np.float32), "table"),
            numpy_helper.from_array(np.array([1], dtype=np.int64), "token_axis"),
        ],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)


def each_token(table: np.ndarray) -> onnx.ModelProto:
    """A graph that gives the row of `table` for each token."""
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["logits"], axis=0)],
        "tiny",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["rows_in", "tokens"])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["rows_in", "tokens", table.shape[1]])],
        [numpy_helper.from_array(table.astype(np.float32), "table")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)


def main() -> None:
    """Words 1, 2 and 3 of the vocabulary push the first, second and third column up; the other words say nothing."""
    table = np.zeros((WORDS, 3))
    table[1, 0] = table[2, 1] = table[3, 2] = 2.0
    onnx.save(summing(table, "logits"), HERE / "entailment.onnx")
    onnx.save(summing(table[:, :2], "logits"), HERE / "two_labels.onnx")
    onnx.save(summing(table - 1.0, "logits", last="Log"), HERE / "not_a_number.onnx")
    onnx.save(summing(table, "logits", tokens="pixels"), HERE / "image.onnx")
    onnx.save(each_token(table[:, [0, 2]]), HERE / "token_classifier.onnx")
    onnx.save(summing(table, "sentence_embedding", last="LpNormalization"), HERE / "embedder.onnx")


if __name__ == "__main__":
    main()
