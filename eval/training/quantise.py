"""From float32 ONNX to int8: the one recipe that every bundled model goes through.

Linear layers become dynamically quantised integer products: activations as uint8 with a range measured at run time,
weights as int8 with one scale for each output channel. Weights use 7 of their 8 bits, because AVX2 without VNNI adds
pairs of uint8 x int8 products in 16 bits with saturation (`vpmaddubsw`): two full-range products overflow there, two
7-bit ones cannot. The integers, and so the answers, are then the same on machines with and without VNNI.

Products over a long inner dimension are first cut into slices that are summed: each slice has its own activation range
and its own weight scales, so one outlier costs the precision of its slice and not of the whole row.

Embedding tables become int8 with one scale for each row.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

SLICE = 384
"""The longest inner dimension with one range, unless told otherwise: the width of MiniLM."""

SMALLEST_TABLE = 256
"""Rows that a table needs before int8 is worth three more nodes."""


def quantise(model: ModelProto, longest: int = SLICE) -> ModelProto:
    """The int8 form of `model`, with the same inputs and outputs; `model` itself is left as it was.

    Inner products are cut into slices of `longest`: half as long is closer to float32 and about a tenth slower.
    """
    return without_notes(quantise_products(slice_products(quantise_tables(model), longest)))


def without_notes(model: ModelProto) -> ModelProto:
    """`model` without the exporter's notes, which name source files and folders of the machine that exported it."""
    bare = ModelProto()
    bare.CopyFrom(model)
    for part in (bare, bare.graph, *bare.graph.node, *bare.graph.value_info, *bare.graph.input, *bare.graph.output):
        part.ClearField("doc_string")
        part.ClearField("metadata_props")
    return bare


def quantise_products(model: ModelProto) -> ModelProto:
    """Every product with a constant matrix in integers; products of two activations (attention) stay in float32."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        quantize_dynamic(
            model,
            path,
            op_types_to_quantize=["MatMul", "Gemm"],
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            extra_options={"MatMulConstBOnly": True},
        )
        return onnx.load(path)


def slice_products(model: ModelProto, longest: int) -> ModelProto:
    """Products whose constant matrix has a multiple of `longest` rows, as sums of products of `longest` rows each."""
    constants = _constants(model)
    nodes: list[NodeProto] = []
    added: list[TensorProto] = []
    for node in model.graph.node:
        weights = constants.get(node.input[1]) if node.op_type == "MatMul" else None
        if weights is None or len(weights.dims) != 2 or weights.dims[0] <= longest or weights.dims[0] % longest:
            nodes.append(node)
            continue
        matrices = np.split(numpy_helper.to_array(weights), weights.dims[0] // longest)
        names = [f"{node.input[1]}_slice{index}" for index in range(len(matrices))]
        added += [numpy_helper.from_array(matrix, name) for matrix, name in zip(matrices, names, strict=True)]
        nodes += _sum_of_slices(node, names)
    return _rebuilt(model, nodes, added)


def _sum_of_slices(node: NodeProto, matrices: list[str]) -> list[NodeProto]:
    """The nodes that multiply each slice of the input of `node` with its own matrix and add the products up."""
    output = node.output[0]
    slices = [f"{output}_slice{index}" for index in range(len(matrices))]
    products = [f"{output}_product{index}" for index in range(len(matrices))]
    return [
        helper.make_node("Split", [node.input[0]], slices, axis=-1, num_outputs=len(matrices)),
        *(
            helper.make_node("MatMul", [part, matrix], [product], name=product)
            for part, matrix, product in zip(slices, matrices, products, strict=True)
        ),
        helper.make_node("Sum", products, [output]),
    ]


def quantise_tables(model: ModelProto) -> ModelProto:
    """Each large constant from which `Gather` takes whole rows, stored as int8 rows with their scales."""
    constants = _constants(model)
    nodes: list[NodeProto] = []
    added: dict[str, TensorProto] = {}
    for node in model.graph.node:
        table = constants.get(node.input[0]) if node.op_type == "Gather" else None
        if table is None or len(table.dims) != 2 or table.dims[0] < SMALLEST_TABLE or _axis(node) != 0:
            nodes.append(node)
            continue
        rows, scales = _to_rows(numpy_helper.to_array(table))
        for name, array in ((f"{table.name}_row_int8", rows), (f"{table.name}_row_scale", scales)):
            added[name] = numpy_helper.from_array(array, name)
        nodes += _scaled_rows(node)
    return _rebuilt(model, nodes, added.values())


def _to_rows(table: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """int8 [rows, width] and float32 scales [rows, 1] whose product is closest to `table`."""
    scales = np.maximum(np.abs(table).max(axis=1, keepdims=True), np.finfo(np.float32).tiny * 127) / 127
    return np.rint(table / scales).astype(np.int8), scales.astype(np.float32)


def _scaled_rows(node: NodeProto) -> list[NodeProto]:
    """The nodes that look rows up in int8 and scale them back, writing to the output of `node`."""
    table, indices = node.input
    output = node.output[0]
    return [
        helper.make_node("Gather", [f"{table}_row_int8", indices], [f"{output}_row_int8"], axis=0),
        helper.make_node("Cast", [f"{output}_row_int8"], [f"{output}_row_float"], to=TensorProto.FLOAT),
        helper.make_node("Gather", [f"{table}_row_scale", indices], [f"{output}_row_scale"], axis=0),
        helper.make_node("Mul", [f"{output}_row_float", f"{output}_row_scale"], [output]),
    ]


def _axis(node: NodeProto) -> int:
    return next((attribute.i for attribute in node.attribute if attribute.name == "axis"), 0)


def _constants(model: ModelProto) -> dict[str, TensorProto]:
    """The float32 constants by name."""
    return {tensor.name: tensor for tensor in model.graph.initializer if tensor.data_type == TensorProto.FLOAT}


def _rebuilt(model: ModelProto, nodes: list[NodeProto], added: Iterable[TensorProto]) -> ModelProto:
    """`model` with other nodes and with the constants that they read."""
    read = {name for node in nodes for name in node.input}
    rebuilt = ModelProto()
    rebuilt.CopyFrom(model)
    rebuilt.graph.ClearField("node")
    rebuilt.graph.node.extend(nodes)
    rebuilt.graph.ClearField("initializer")
    rebuilt.graph.initializer.extend(tensor for tensor in (*model.graph.initializer, *added) if tensor.name in read)
    return rebuilt
