"""Streams drawn answers through a server, and compares each stream with one call for the whole answer."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

import groundwire
from eval.streaming.answers import Case, draw_case
from groundwire.v1 import evidence_pb2, guard_pb2

CALLERS = 4
"""Answers under way at once, where time is not measured."""

_SECONDS = 120.0
_LONGEST_PIECE = 24
_WORD = re.compile(r"\s*\S+\s?")


@dataclass(frozen=True, slots=True)
class Equality:
    """Of `answers` cut at random bytes, how many ended like the whole answer; `retracted` counts verdicts taken back."""

    answers: int
    equal: int
    verdicts: int
    retracted: int


@dataclass(frozen=True, slots=True)
class Delays:
    """Milliseconds over `claims` claims: from a sentence's end to its verdict in a stream, and for the same claim alone."""

    claims: int
    stream_p50: float
    stream_p95: float
    alone_p50: float
    alone_p95: float

    @property
    def ratio(self) -> float:
        """The stream's 95th percentile over that of single claims."""
        return self.stream_p95 / self.alone_p95


@dataclass(frozen=True, slots=True)
class StreamFigures:
    """Both halves, and the versions that were measured."""

    equality: Equality
    delays: Delays | None
    entailment_model: str


def measure_equality(client: groundwire.Client, seed: int, answers: int) -> tuple[Equality, str]:
    """How `answers` answers drawn by `seed`, each cut at random bytes, compare with the same answers whole."""
    with ThreadPoolExecutor(CALLERS) as callers:
        results = list(callers.map(lambda number: _compared(client, random.Random(f"{seed}:{number}")), range(answers)))
    equal, verdicts, retracted, models = zip(*results, strict=True)
    return Equality(answers, sum(equal), sum(verdicts), sum(retracted)), models[0]


def _compared(client: groundwire.Client, chance: random.Random) -> tuple[bool, int, int, str]:
    case = draw_case(chance)
    whole = client.guard.Validate(_request(case, case.answer), timeout=_SECONDS)
    held: dict[int, guard_pb2.Claim] = {}
    verdicts = retracted = 0
    final = guard_pb2.ValidateResponse()
    for event in _unstopped(client, _request(case, ""), list(_cut(chance, case.answer.encode()))):
        if event.HasField("claim"):
            held[event.claim.number] = event.claim.claim
            verdicts += 1
        elif event.HasField("retract"):
            del held[event.retract.number]
            retracted += 1
        elif event.HasField("final"):
            final = event.final.verdict
    standing = sorted(held.values(), key=lambda claim: claim.span.start)
    is_equal = _bytes(final) == _bytes(whole) and standing == list(whole.claims)
    return is_equal, verdicts, retracted, whole.versions.entailment_model


def _unstopped(
    client: groundwire.Client, start: guard_pb2.ValidateRequest, pieces: Sequence[bytes]
) -> Iterator[guard_pb2.ValidateStreamResponse]:
    """The events for all the pieces: a model that does not hear the stop."""
    parts = [guard_pb2.ValidateStreamRequest(start=start)]
    parts += [guard_pb2.ValidateStreamRequest(data=piece) for piece in pieces]
    yield from client.guard.ValidateStream(iter(parts), timeout=_SECONDS)


def measure_delays(client: groundwire.Client, seed: int, answers: int, words_a_second: float) -> Delays:
    """How long verdicts take for answers that come word by word at that rate, one answer at a time."""
    in_stream: list[float] = []
    alone: list[float] = []
    for number in range(answers):
        case = draw_case(random.Random(f"{seed}:delay:{number}"))
        closed = _stream_delays(client, case, words_a_second)
        in_stream += [milliseconds for _, milliseconds in closed]
        for text, _ in closed:
            started = time.perf_counter()
            client.guard.Validate(_request(case, text), timeout=_SECONDS)
            alone.append((time.perf_counter() - started) * 1000)
    return Delays(
        len(alone),
        *(float(np.percentile(in_stream, share)) for share in (50, 95)),
        *(float(np.percentile(alone, share)) for share in (50, 95)),
    )


def _stream_delays(client: groundwire.Client, case: Case, words_a_second: float) -> list[tuple[str, float]]:
    """For each claim until a stop its text, and milliseconds from when its last byte was sent to when its verdict came."""
    sent: list[tuple[int, float]] = []

    def paced() -> Iterator[guard_pb2.ValidateStreamRequest]:
        yield guard_pb2.ValidateStreamRequest(start=_request(case, ""))
        size = 0
        for word in _WORD.findall(case.answer):
            size += len(word.encode())
            sent.append((size, time.perf_counter()))
            yield guard_pb2.ValidateStreamRequest(text=word)
            time.sleep(1 / words_a_second)

    closed = []
    call = client.guard.ValidateStream(paced(), timeout=_SECONDS)
    for event in call:
        came = time.perf_counter()
        if event.HasField("stop"):
            call.cancel()  # type: ignore[no-untyped-call]  # in grpc-stubs
            break
        if not event.HasField("claim") or event.claim.claim.label == guard_pb2.LABEL_NOT_A_CLAIM:
            continue
        claim = event.claim.claim
        completed = next(moment for size, moment in sent if size >= claim.span.end)
        closed.append((claim.text, (came - completed) * 1000))
    return closed


def _request(case: Case, answer: str) -> guard_pb2.ValidateRequest:
    request = guard_pb2.ValidateRequest(
        answer=answer, passages=[evidence_pb2.Passage(text=passage) for passage in case.passages]
    )
    request.as_of.FromJsonString("2026-06-01T12:00:00Z")
    return request


def _cut(chance: random.Random, content: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(content):
        size = chance.randint(1, _LONGEST_PIECE)
        yield content[at : at + size]
        at += size


def _bytes(verdict: guard_pb2.ValidateResponse) -> bytes:
    """The verdict without what differs between any two calls: timings, the case's id, and when the receipt was signed."""
    compared = guard_pb2.ValidateResponse()
    compared.CopyFrom(verdict)
    compared.ClearField("timings")
    compared.ClearField("review_case_id")
    for part in ("issued_at", "signature"):
        compared.receipt.ClearField(part)
    return compared.SerializeToString(deterministic=True)
