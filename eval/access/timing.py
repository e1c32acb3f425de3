"""Whether a caller can tell from the time of a reply what it may not see: how well latencies alone tell two cases apart."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import grpc
import numpy as np

from eval.access.changes import Operator
from eval.access.people import People
from eval.access.reference import Plain
from eval.access.service import service
from eval.access.world import World, collection_of
from groundwire.v1 import corpus_pb2, evidence_pb2, retriever_pb2
from groundwire.v1.corpus_pb2_grpc import CorpusStub
from groundwire.v1.retriever_pb2_grpc import RetrieverStub

_WARM_UP = 20
_SECONDS = 60.0
_VISIBLE = 30
_TENANTS = {"plain": 1, "other": 1, "more": 10, "many": 100}
"""How many times as many documents are hidden in each."""
_TWINS = ("other hidden documents", "ten times as many hidden", "a hundred times as many")
"""What sets the tenants after the first apart from it."""


@dataclass(frozen=True, slots=True)
class Told:
    """How well latencies tell two cases apart.

    `auc` is the share of pairs, one reply of each case, that the better of the two guesses "the slower is A" and "the slower is B"
    gets right: .5 is chance. `noise` is the same of one case against itself: what chance comes to in that many replies.
    `median_a` and `median_b` are in milliseconds.
    """

    auc: float
    noise: float
    median_a: float
    median_b: float


def measure_timing(replies: int, seed: int, hidden: int = 30) -> Mapping[str, Told]:
    """Time `replies` of each case over gRPC, the cases in random order, and look how well their times tell them apart.

    Some tenants have the same documents that their caller may see; `hidden` ones, which it may not see, have other texts in the
    second, and are ten and a hundred times as many in the next ones.
    """
    world = World(seed)
    people = [_caller(tenant) for tenant in _TENANTS]
    with tempfile.TemporaryDirectory(prefix="groundwire-timing-") as name:
        credentials = People(Path(name), people)
        with service(Path(name), credentials.settings, (), 50_000) as served:
            _fill(Operator(served.store), world, hidden)
            with grpc.insecure_channel(served.address) as channel:
                corpus, retriever = CorpusStub(channel), RetrieverStub(channel)

                def search(number: int, mode: int) -> Callable[[], Any]:
                    spec = evidence_pb2.RetrieveSpec(query="creature otter", mode=mode)  # type: ignore[arg-type]
                    request = retriever_pb2.RetrieveRequest(spec=spec)
                    headers = credentials.headers(number)
                    return lambda: retriever.Retrieve(request, metadata=headers, timeout=_SECONDS)

                def look(document: int, name: str) -> Callable[[], Any]:
                    request = corpus_pb2.GetDocumentRequest(collection=collection_of(document), document_id=name)
                    headers = credentials.headers(0)
                    return lambda: corpus.GetDocument(request, metadata=headers, timeout=_SECONDS)

                modes = evidence_pb2.RetrievalMode
                cases = {
                    f"{what}, {modes.Name(mode).removeprefix('RETRIEVAL_MODE_').lower()}": (
                        search(0, mode),
                        search(twin, mode),
                    )
                    for twin, what in enumerate(_TWINS, start=1)
                    for mode in (modes.RETRIEVAL_MODE_HYBRID, modes.RETRIEVAL_MODE_DENSE, modes.RETRIEVAL_MODE_LEXICAL)
                }
                closed = _VISIBLE + 1
                cases["forbidden or absent, by name"] = (look(closed, f"d{closed}"), look(closed, f"x{closed}"))
                return {what: _told(a, b, replies, random.Random(seed)) for what, (a, b) in cases.items()}


def _caller(tenant: str) -> dict[str, Any]:
    person = {"tenant": tenant, "subject": "ann", "groups": ("g0",), "roles": ("reader",), "clearance": 0}
    return person | {"region": "", "attributes": {}, "user": None}


def _fill(operator: Operator, world: World, hidden: int) -> None:
    visible = [_document(world, number, readers=("g0",)) for number in range(_VISIBLE)]
    for tenant, times in _TENANTS.items():
        numbers = range(_VISIBLE, _VISIBLE + times * hidden)
        others = [_document(world, number, readers=("g1",)) for number in numbers]
        operator.put(*(document | {"tenant": tenant} for document in (*visible, *others)))


def _document(world: World, number: int, readers: tuple[str, ...]) -> dict[str, Any]:
    """A document that differs from others in its text and its readers alone."""
    open_to_all: Plain = {
        "owner": "",
        "labels": (),
        "clearance": 0,
        "region": "",
        "entity_keys": (),
        "valid_until": None,
    }
    return {**world.document(number), **open_to_all, "readers": readers}


def _told(a: Callable[[], Any], b: Callable[[], Any], replies: int, chance: random.Random) -> Told:
    """Both cases and, to know the noise, the first one once more, in random order."""
    asks = (a, b, a)
    order = [case for case in range(3) for _ in range(replies)]
    chance.shuffle(order)
    times: list[list[float]] = [[], [], []]
    for case in [*(number % 3 for number in range(_WARM_UP)), *order]:
        times[case].append(_timed(asks[case]))
    first, second, again = (np.array(each[-replies:]) for each in times)
    return Told(auc(first, second), auc(first, again), float(np.median(first)), float(np.median(second)))


def _timed(ask: Callable[[], Any]) -> float:
    """Milliseconds until a reply, or a refusal."""
    started = perf_counter()
    try:
        ask()
    except grpc.RpcError as error:
        if error.code() is not grpc.StatusCode.NOT_FOUND:
            raise
    return 1_000 * (perf_counter() - started)


def auc(one: Sequence[float] | np.ndarray[Any, Any], other: Sequence[float] | np.ndarray[Any, Any]) -> float:
    """The area under the ROC curve of the better of the two guesses, "larger is one" and "larger is the other"; .5 to 1."""
    values = np.concatenate([one, other])
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    # Equal values share the mean of their ranks.
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    wins = ranks[: len(one)].sum() - len(one) * (len(one) + 1) / 2
    share = float(wins / (len(one) * len(other)))
    return max(share, 1 - share)
