"""The parts of the service by themselves: the entailment model's bare session, and embedding and search without gRPC."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from server.config import Settings
from server.cores import share_one_core
from server.deadline import NEVER, Deadline
from server.domain import DEFAULT_TENANT, Degradation, Query, Retrieval, ValidationRequest
from server.models.base import EntailmentModel, Pair
from server.models.loading import load_embedder, load_entailment
from server.models.scheduler import Scheduler, Tokens
from server.models.tokens import load_tokenizer, pair_windows
from server.models.weights import open_weights
from server.stages.calibration import load_calibration
from server.stages.policy import load_policies
from server.stores.store import StoreSettings, open_store
from server.usecases.retrieve import RetrievalSettings
from server.usecases.validate import RememberStep, ValidateAnswer, unremembered, without_case

CORES = os.cpu_count() or 1
_BATCH = 8


def pairs_asked(settings: Settings, requests: Sequence[ValidationRequest]) -> list[Pair]:
    """The pairs of premise and hypothesis that the model is asked about when these requests are validated."""
    scheduler = Scheduler()
    try:
        model = Recording(load_entailment(settings.entailment, scheduler))
        validate = validator(settings, model)
        for request in requests:
            validate(request)
    finally:
        scheduler.close()
    return model.pairs


def validator(settings: Settings, model: EntailmentModel, remember: RememberStep = unremembered) -> ValidateAnswer:
    """Validation of answers that bring their passages, on `model`; it keeps no case."""
    return ValidateAnswer(
        entailment=model,
        retrieve=_no_retrieval,
        keep_case=without_case,
        policies=load_policies(settings.policies),
        calibration=load_calibration(settings.entailment),
        remember=remember,
    )


@dataclass
class Recording:
    """An entailment model that remembers what it was asked."""

    model: EntailmentModel
    pairs: list[Pair] = field(default_factory=list)

    @property
    def version(self) -> str:
        """The model's."""
        return self.model.version

    @property
    def degradation(self) -> Degradation | None:
        """The model's."""
        return self.model.degradation

    def score(self, pairs: Sequence[Pair], deadline: Deadline = NEVER) -> NDArray[np.float32]:
        """The model's scores of the pairs, which are remembered."""
        self.pairs.extend(pairs)
        return self.model.score(pairs, deadline)


def _no_retrieval(query: Query, deadline: Deadline) -> Retrieval:
    raise AssertionError(f"the requests bring their passages, and nothing is retrieved: {query.text} {deadline}")


def read_tokens(folder: Path, pairs: Sequence[Pair]) -> list[Tokens]:
    """The sequences that the entailment model in `folder` reads for the pairs."""
    weights = open_weights(folder, "entailment")
    tokenizer = load_tokenizer(weights.tokenizer)
    return [
        window
        for premise, hypothesis in pairs
        for window in pair_windows(tokenizer, premise, hypothesis, weights.max_tokens)
    ]


def one_at_a_time(model: Path, threads: int = CORES) -> Callable[[Sequence[Tokens]], float]:
    """Seconds that a one-threaded session takes for sequences, one to a run, called from some threads."""
    session = _session(model, threads=1)

    def seconds(sequences: Sequence[Tokens]) -> float:
        with ThreadPoolExecutor(threads) as pool:
            started = time.perf_counter()
            for _ in pool.map(lambda tokens: _run(session, [tokens]), sequences):
                pass
            return time.perf_counter() - started

    return seconds


def in_batches(model: Path, threads: int = CORES) -> Callable[[Sequence[Tokens]], float]:
    """Seconds that a session of some threads takes for sequences in padded batches of like length."""
    session = _session(model, threads)

    def seconds(sequences: Sequence[Tokens]) -> float:
        ordered = sorted(sequences, key=len)
        started = time.perf_counter()
        for start in range(0, len(ordered), _BATCH):
            _run(session, ordered[start : start + _BATCH])
        return time.perf_counter() - started

    return seconds


def _session(model: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def _run(session: onnxruntime.InferenceSession, batch: Sequence[Tokens]) -> None:
    shape = (len(batch), max(map(len, batch)))
    feed = {name: np.zeros(shape, dtype=np.int64) for name in ("input_ids", "attention_mask", "token_type_ids")}
    for row, tokens in enumerate(batch):
        feed["input_ids"][row, : len(tokens)] = tokens.ids
        feed["attention_mask"][row, : len(tokens)] = 1
        feed["token_type_ids"][row, : len(tokens)] = tokens.segments
    names = {node.name for node in session.get_inputs()}
    session.run(None, {name: values for name, values in feed.items() if name in names})


@contextmanager
def embed_and_search(directory: Path, settings: Settings) -> Iterator[Callable[[Sequence[str], int], float]]:
    """Queries a second that embedding and both searches reach on a store, with a number of callers in threads.

    The threads share a core as the server's do, without which the parts would be slower for a reason that is not the service's.
    """
    scheduler = Scheduler()
    try:
        embedder = load_embedder(settings.embedder, scheduler)
        store_settings = StoreSettings(directory, exact_limit=settings.exact_index_limit)
        count = RetrievalSettings().candidates
        with open_store(store_settings, embedder=embedder.version, dimension=embedder.dimension) as store:

            def ask(query: str) -> None:
                view = store.passages.view(DEFAULT_TENANT, 0, NEVER)
                view.dense(embedder.embed([query])[0], None, count)
                view.lexical(query, None, count)

            def rate(queries: Sequence[str], callers: int) -> float:
                with ThreadPoolExecutor(callers, initializer=share_one_core) as threads:
                    started = time.perf_counter()
                    for _ in threads.map(ask, queries):
                        pass
                    return len(queries) / (time.perf_counter() - started)

            yield rate
    finally:
        scheduler.close()
