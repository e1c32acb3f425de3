"""ONNX Runtime sessions as networks: one sequence in, one row out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from server.errors import InvalidConfiguration, ModelFailure
from server.models.scheduler import Tokens

KNOWN_INPUTS = {"input_ids", "attention_mask", "token_type_ids"}


class OnnxNetwork:
    """A session on one thread of the caller; safe to call from many threads at once.

    Sessions start no threads of their own, since `Scheduler` already has one for each core. Sequences come in every
    length, so the memory plan per shape is off: it would keep a plan for each length ever seen.
    """

    def __init__(self, path: Path, output: str) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_mem_pattern = False
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise InvalidConfiguration(f"{path}: ONNX Runtime cannot load it: {error}") from error
        self._output = output
        self._inputs = {node.name for node in self._session.get_inputs()}
        if not {"input_ids"} <= self._inputs <= KNOWN_INPUTS:
            raise InvalidConfiguration(
                f"{path}: has the inputs {sorted(self._inputs)}, but must have input_ids, "
                "and may have attention_mask and token_type_ids besides"
            )
        outputs = [node.name for node in self._session.get_outputs()]
        if output not in outputs:
            raise InvalidConfiguration(f"{path}: must have an output named {output!r}, but has {outputs}")

    def __call__(self, tokens: Tokens) -> NDArray[np.float32]:
        """The output's only row, float32; raises `ModelFailure` when the session does or when the row is not finite."""
        ids = np.array([tokens.ids], dtype=np.int64)
        feed = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.array([tokens.segments], dtype=np.int64),
        }
        try:
            rows = self._session.run([self._output], {name: feed[name] for name in self._inputs})[0]
        except Exception as error:
            raise ModelFailure(f"ONNX Runtime failed on {len(tokens)} tokens: {error}") from error
        row = np.asarray(rows[0], dtype=np.float32)
        if not np.isfinite(row).all():
            raise ModelFailure(f"the model returned values that are not finite for {len(tokens)} tokens")
        return row
