"""What the composed use cases promise together: a canary that a caller may not read is nowhere that the caller's calls reach."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from grpc import aio

from groundwire.v1 import evidence_pb2, guard_pb2, guard_pb2_grpc, retriever_pb2, retriever_pb2_grpc
from server.access.signing import SigningKey
from server.compose import UseCases, serving, use_cases
from server.config import Settings
from server.domain import Attributes, DocumentKey, Passage, Query, Source, ValidationRequest
from server.stores.store import Store, StoreSettings, open_store
from tests.fakes import ACME, WordEmbedder
from tests.fakes_entailment import OverlapEntailment

CANARY = "canary@example.org"
TEXT = f"Complaints about the kettle go to {CANARY} within 14 days."
POLICY = f"""
rules: [{{detect: [email], action: mask, exempt: {{roles: [support]}}}}]
caller_passages: true
# {CANARY} is only here to be found nowhere else.
"""
SUPPORT = replace(ACME, roles=("support",))
KEY = DocumentKey("acme", "docs", "kettle")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with open_store(StoreSettings(tmp_path / "data"), embedder="words-1", dimension=64) as opened:
        yield opened


@pytest.fixture
def model() -> OverlapEntailment:
    """The entailment model."""
    return OverlapEntailment()


@pytest.fixture
def cases(tmp_path: Path, store: Store, model: OverlapEntailment) -> UseCases:
    """The use cases with a masking policy, on a store with one document."""
    (tmp_path / "masking.yaml").write_text(POLICY)
    settings = Settings(data_dir=tmp_path / "data", masking_policy=tmp_path / "masking.yaml")
    made = use_cases(settings, store, WordEmbedder(), model, SigningKey.of(Ed25519PrivateKey.generate()))
    attributes = Attributes(title=f"Kettle, by {CANARY}@example.org", metadata={"by": f"{CANARY}@example.org"})
    list(made.corpus.ingest(SUPPORT, [Source(KEY, TEXT.encode(), "text", attributes=attributes)]))
    return made


def test_masked_text_is_all_that_a_caller_can_reach(cases: UseCases, store: Store, model: OverlapEntailment) -> None:
    """In passages, documents, verdicts, cases and the audit; and all that the model reads."""
    answer = "Complaints about the kettle go to somebody within 30 days."
    retrieved = cases.validate(ValidationRequest(ACME, answer, query=Query(ACME, "kettle")))
    brought = cases.validate(ValidationRequest(ACME, answer, passages=(Passage("p1", TEXT),)))
    reached = [
        cases.retrieve(Query(ACME, "kettle complaints")),
        cases.corpus.get(ACME, KEY),
        cases.corpus.list(ACME),
        retrieved,
        brought,
        cases.review.get(ACME, retrieved.review_case_id),
        cases.review.get(ACME, brought.review_case_id),
        model.calls,
    ]
    with store.audit.chains() as chains:
        reached.append(list(chains.records("acme")))

    assert [CANARY in str(each) for each in reached] == [False] * len(reached)
    assert ["[email]" in str(each) for each in reached[:-1]] == [True] * (len(reached) - 1)


def test_who_is_exempt_reads_everything(cases: UseCases) -> None:
    """And the verdict says by which rules others do not."""
    verdict = cases.validate(ValidationRequest(SUPPORT, TEXT, query=Query(SUPPORT, "kettle")))
    assert CANARY in cases.corpus.get(SUPPORT, KEY).text
    assert CANARY in verdict.passages[0].text
    assert verdict.versions.masking_policy.startswith("masking@")


def test_every_verdict_has_a_receipt_and_a_replay_has_none(cases: UseCases) -> None:
    """A replay decides nothing."""
    verdict = cases.validate(ValidationRequest(ACME, "The kettle is green.", query=Query(ACME, "kettle")))
    case, again = cases.review.replay.of_case(ACME, verdict.review_case_id)
    assert verdict.receipt is not None
    assert case.verdict.receipt == verdict.receipt
    assert again.receipt is None
    assert replace(again, timings=()) == replace(verdict, receipt=None, review_case_id="", timings=())


async def test_a_retrieval_does_not_wait_for_validations(tmp_path: Path, cases: UseCases) -> None:
    """A validation takes as long as the model needs for its claims, and has threads of its own."""
    begun, end = threading.Event(), threading.Event()

    def validate(request: ValidationRequest, *_: Any) -> Any:
        begun.set()
        end.wait(timeout=20)
        return cases.validate(request)

    settings = Settings(data_dir=tmp_path / "data", listen="127.0.0.1:0", validate_threads=1, read_threads=1)
    query = retriever_pb2.RetrieveRequest(spec=evidence_pb2.RetrieveSpec(query="kettle"))
    async with (
        serving(settings, replace(cases, validate=validate)) as server,
        aio.insecure_channel(f"127.0.0.1:{server.port}") as channel,
    ):
        guard, retriever = guard_pb2_grpc.GuardStub(channel), retriever_pb2_grpc.RetrieverStub(channel)
        validations = asyncio.gather(*(guard.Validate(guard_pb2.ValidateRequest(answer=TEXT)) for _ in range(2)))
        await asyncio.to_thread(begun.wait)
        await retriever.Retrieve(query)
        was_waiting = not validations.done()
        end.set()
        await validations

    assert was_waiting
