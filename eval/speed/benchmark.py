"""Ratios between the service and its parts, latencies by number of callers, and how both grow with the corpus.

What is compared is measured in turns, several times, and the medians are compared: whatever else the machine does meets
both sides alike.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from eval.serving import ServerProcess
from eval.speed.corpora import COLLECTION, build_corpus
from eval.speed.load import RETRIEVE, VALIDATE, Drive, Load
from eval.speed.parts import embed_and_search, in_batches, one_at_a_time, pairs_asked, read_tokens
from eval.speed.prose import Prose
from groundwire.v1 import evidence_pb2, guard_pb2, retriever_pb2
from server.config import Settings
from server.domain import LOCAL_CALLER
from server.rpc.convert import validation_request

CALLERS = (1, 8, 32)
RETRIEVE_CALLERS = 16
_PASSAGES = 3
_SENTENCES = 6
_CLAIMS = 2
_RATIO_CHUNKS = 10_000


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured: requests of a load, turns of a comparison."""

    validations: int = 48
    retrievals: int = 640
    turns: int = 5


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds of a call at 50, 95 and 99 percent, and calls a second, with some callers at once."""

    callers: int
    p50: float
    p95: float
    p99: float
    rate: float


@dataclass(frozen=True, slots=True)
class ValidateFigures:
    """Pairs a second of the service and of the bare session, and the first over the second.

    The bare session runs one sequence at a time in a thread for each core, and padded batches of eight on all cores;
    the ratio is to the faster of the two. `int8_over_fp32` is None without fp32 weights.
    """

    pairs: int
    service: float
    bare: float
    bare_in_batches: float
    ratio: float
    int8_over_fp32: float | None
    latencies: Sequence[Latency]


@dataclass(frozen=True, slots=True)
class Work:
    """Processor milliseconds of a query: in the server, in the process of its callers, and in the parts by themselves."""

    server: float
    callers: float
    parts: float

    @property
    def ratio(self) -> float:
        """The parts' share of what the service takes, its callers included as they share the machine."""
        return self.parts / (self.server + self.callers)


@dataclass(frozen=True, slots=True)
class RetrieveFigures:
    """Queries a second of the service and of embedding and search without it, both with 16 callers, and their ratio.

    `work` says what a query costs on the processors, whatever else ran beside.
    """

    chunks: int
    service: float
    parts: float
    ratio: float
    work: Work


@dataclass(frozen=True, slots=True)
class SpeedFigures:
    """All that was measured; `growth` has the latencies of hybrid retrieval by number of chunks."""

    validate: ValidateFigures
    retrieve: RetrieveFigures
    growth: Mapping[int, Sequence[Latency]]


def validate_requests(count: int) -> list[guard_pb2.ValidateRequest]:
    """Answers of two claims, each with three passages of six sentences."""
    prose = Prose(1)
    requests = []
    for _ in range(count):
        passages = [prose.passage(_SENTENCES) for _ in range(_PASSAGES)]
        requests.append(
            guard_pb2.ValidateRequest(
                answer=prose.answer(passages, _CLAIMS),
                question=prose.question(),
                passages=[evidence_pb2.Passage(text=text) for text in passages],
            )
        )
    return requests


def measure_validate(drive: Drive, settings: Settings, fp32: Path | None, effort: Effort) -> ValidateFigures:
    """Validate against the bare session on the same pairs."""
    requests = validate_requests(effort.validations)
    pairs = pairs_asked(settings, [validation_request(request, LOCAL_CALLER) for request in requests])
    sequences = read_tokens(settings.entailment, pairs)
    payloads = [request.SerializeToString() for request in requests]
    model = settings.entailment / "model.onnx"
    with tempfile.TemporaryDirectory(prefix="groundwire-eval-") as folder, _server(Path(folder)) as server:
        drive(server.address, VALIDATE, payloads, CALLERS[1])  # the first calls warm everything up
        sides: dict[str, Callable[[], float]] = {
            "service": lambda: drive(server.address, VALIDATE, payloads, CALLERS[1]).seconds,
            "bare": partial(one_at_a_time(model), sequences),
            "batches": partial(in_batches(model), sequences),
        }
        if fp32 is not None:
            sides["fp32"] = partial(one_at_a_time(fp32), sequences)
        rates = {name: len(sequences) / seconds for name, seconds in _in_turns(sides, effort.turns).items()}
        latencies = [_latency(drive(server.address, VALIDATE, payloads, callers), callers) for callers in CALLERS]
    return ValidateFigures(
        pairs=len(sequences),
        service=rates["service"],
        bare=rates["bare"],
        bare_in_batches=rates["batches"],
        ratio=rates["service"] / max(rates["bare"], rates["batches"]),
        int8_over_fp32=rates["bare"] / rates["fp32"] if "fp32" in rates else None,
        latencies=latencies,
    )


def measure_retrieve(drive: Drive, settings: Settings, effort: Effort) -> RetrieveFigures:
    """Retrieve against embedding and search alone, on two copies of one corpus."""
    prose = Prose(2)
    queries = [prose.question() for _ in range(effort.retrievals)]
    payloads = [_retrieval(query) for query in queries]
    with tempfile.TemporaryDirectory(prefix="groundwire-eval-") as folder:
        data, copy = Path(folder, "data"), Path(folder, "copy")
        build_corpus(data, _RATIO_CHUNKS, settings)
        shutil.copytree(data, copy)
        with _server(Path(folder)) as server, embed_and_search(copy, settings) as parts:
            drive(server.address, RETRIEVE, payloads, RETRIEVE_CALLERS)
            parts(queries, RETRIEVE_CALLERS)
            used: dict[str, list[float]] = {"server": [], "callers": [], "parts": []}

            def serve() -> float:
                before = server.processor_seconds
                load = drive(server.address, RETRIEVE, payloads, RETRIEVE_CALLERS)
                used["server"].append(server.processor_seconds - before)
                used["callers"].append(load.processor_seconds)
                return load.seconds

            def search() -> float:
                before = time.process_time()
                rate = parts(queries, RETRIEVE_CALLERS)
                used["parts"].append(time.process_time() - before)
                return len(queries) / rate

            seconds = _in_turns({"service": serve, "parts": search}, effort.turns)
    return RetrieveFigures(
        chunks=_RATIO_CHUNKS,
        service=len(queries) / seconds["service"],
        parts=len(queries) / seconds["parts"],
        ratio=seconds["parts"] / seconds["service"],
        work=Work(**{side: statistics.median(each) * 1000 / len(queries) for side, each in used.items()}),
    )


def measure_growth(drive: Drive, settings: Settings, chunks: int, effort: Effort) -> list[Latency]:
    """Latencies of hybrid retrieval on a corpus of `chunks` chunks."""
    prose = Prose(3)
    payloads = [_retrieval(prose.question()) for _ in range(effort.retrievals)]
    with tempfile.TemporaryDirectory(prefix="groundwire-eval-") as folder:
        build_corpus(Path(folder, "data"), chunks, settings)
        with _server(Path(folder)) as server:
            drive(server.address, RETRIEVE, payloads, CALLERS[1])
            return [_latency(drive(server.address, RETRIEVE, payloads, callers), callers) for callers in CALLERS]


def _server(folder: Path) -> ServerProcess:
    # The same requests come many times: what the server remembers would make all but the first free.
    return ServerProcess(folder / "data", folder / "server.log", {"remembered_scores": 0})


def _retrieval(query: str) -> bytes:
    spec = evidence_pb2.RetrieveSpec(query=query, collections=[COLLECTION])
    return retriever_pb2.RetrieveRequest(spec=spec).SerializeToString()


def _in_turns(sides: Mapping[str, Callable[[], float]], turns: int) -> dict[str, float]:
    """The median seconds of each side, measured one after the other, `turns` times over."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(turns):
        for name, measure in sides.items():
            seconds[name].append(measure())
    return {name: statistics.median(values) for name, values in seconds.items()}


def _latency(load: Load, callers: int) -> Latency:
    return Latency(callers, load.percentile(50), load.percentile(95), load.percentile(99), load.rate)
