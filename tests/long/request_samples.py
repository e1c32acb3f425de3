"""One valid request or more for every method of the service, from which mutations start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct
from google.protobuf.timestamp_pb2 import Timestamp
from grpc_health.v1 import health_pb2

from groundwire.v1 import corpus_pb2, evidence_pb2, guard_pb2, retriever_pb2, review_pb2

NOW = Timestamp(seconds=1_780_000_000)
PAGE = b"# Returns\n\nGoods may be returned within 30 days.\n\n| item | price |\n|---|---|\n| kettle | 12 euros |\n"


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the service; `streams` says whether it takes a stream of requests, `answers_in_stream` whether it gives one."""

    name: str
    streams: bool = False
    answers_in_stream: bool = False


def _record() -> Struct:
    record = Struct()
    record.update({"order": 42, "lines": [{"item": "kettle", "price": 12.5}], "paid": True, "note": None})
    return record


_SPEC = evidence_pb2.RetrieveSpec(
    query="how long may goods be returned",
    collections=["policies"],
    entity="customer/42",
    filter=evidence_pb2.Filter(types=["markdown"], labels=["internal"], regions=["eu"], metadata={"team": "sales"}),
    top_k=5,
    token_budget=200,
    as_of=NOW,
    max_age=Duration(seconds=86_400),
    mode=evidence_pb2.RETRIEVAL_MODE_HYBRID,
)
_PASSAGE = evidence_pb2.Passage(
    passage_id="p",
    text="Goods may be returned within 30 days, or 14 days for food.",
    document_id="returns",
    version=3,
    document_span=evidence_pb2.Span(start=10, end=68),
    heading_path=["Returns"],
    entity_keys=["customer/42"],
    valid_from=Timestamp(seconds=1_700_000_000),
    score=0.5,
)
_DOCUMENT = corpus_pb2.DocumentInput(
    collection="policies",
    document_id="returns",
    data=PAGE,
    type="markdown",
    filename="returns.md",
    title="Returns",
    source_uri="https://example.org/returns",
    entity_keys=["customer/42"],
    labels=["internal"],
    region="eu",
    observed_at=NOW,
    valid_from=Timestamp(seconds=1_700_000_000),
    metadata={"team": "sales"},
)

REQUESTS: Mapping[Method, Sequence[Message]] = {
    Method("/groundwire.v1.Guard/Validate"): [
        guard_pb2.ValidateRequest(
            answer="Goods may be returned within 30 days. Food may be returned within 41 days.",
            question="How long may goods be returned?",
            passages=[_PASSAGE, evidence_pb2.Passage(text="Food is an exception.")],
            categories=["medical"],
            prompt=guard_pb2.Prompt(id="support", version="7"),
            model="some-model",
            usage=guard_pb2.Usage(input_tokens=900, output_tokens=40, cost=0.01, currency="EUR"),
            as_of=NOW,
        ),
        guard_pb2.ValidateRequest(answer="Goods may be returned.", retrieve=_SPEC),
    ],
    Method("/groundwire.v1.Guard/ValidateStream", streams=True, answers_in_stream=True): [
        guard_pb2.ValidateStreamRequest(start=guard_pb2.ValidateRequest(question="How long?", passages=[_PASSAGE])),
        guard_pb2.ValidateStreamRequest(text="Goods may be returned within 30 days."),
    ],
    Method("/groundwire.v1.Retriever/Retrieve"): [
        retriever_pb2.RetrieveRequest(spec=_SPEC),
        retriever_pb2.RetrieveRequest(spec=evidence_pb2.RetrieveSpec(query="kettle price")),
    ],
    Method("/groundwire.v1.Corpus/UpsertDocuments", streams=True): [
        corpus_pb2.UpsertDocumentsRequest(document=_DOCUMENT),
        corpus_pb2.UpsertDocumentsRequest(
            document=corpus_pb2.DocumentInput(collection="orders", document_id="42", record=_record())
        ),
        corpus_pb2.UpsertDocumentsRequest(
            document=corpus_pb2.DocumentInput(collection="pages", document_id="1", data=b"<h1>Hi</h1><p>There.</p>")
        ),
        corpus_pb2.UpsertDocumentsRequest(
            document=corpus_pb2.DocumentInput(collection="tables", document_id="1", data=b"a,b\n1,2\n", type="csv")
        ),
        corpus_pb2.UpsertDocumentsRequest(
            document=corpus_pb2.DocumentInput(collection="files", document_id="1", data=b"%PDF-1.7\n%%EOF", type="pdf")
        ),
        corpus_pb2.UpsertDocumentsRequest(
            document=corpus_pb2.DocumentInput(collection="files", document_id="2", data=b"PK\x03\x04", type="docx")
        ),
    ],
    Method("/groundwire.v1.Corpus/ApplyChanges"): [
        corpus_pb2.ApplyChangesRequest(
            source="shop",
            changes=[
                corpus_pb2.Change(
                    sequence=1, upsert=corpus_pb2.DocumentInput(collection="crm", document_id="9", record=_record())
                ),
                corpus_pb2.Change(sequence=2, delete=corpus_pb2.DocumentName(collection="crm", document_id="9")),
            ],
        )
    ],
    Method("/groundwire.v1.Corpus/DeleteDocuments"): [
        corpus_pb2.DeleteDocumentsRequest(collection="policies", document_ids=["returns", "absent"])
    ],
    Method("/groundwire.v1.Corpus/GetDocument"): [
        corpus_pb2.GetDocumentRequest(
            collection="policies", document_id="returns", version=1, include_text=True, include_chunks=True
        )
    ],
    Method("/groundwire.v1.Corpus/ListDocuments"): [
        corpus_pb2.ListDocumentsRequest(collection="policies", page_size=10),
        corpus_pb2.ListDocumentsRequest(page_size=1, page_token="WyJwb2xpY2llcyIsICJyZXR1cm5zIl0="),
    ],
    Method("/groundwire.v1.Corpus/PreviewChunks"): [
        corpus_pb2.PreviewChunksRequest(data=PAGE, filename="returns.md", max_tokens=64, overlap_tokens=8)
    ],
    Method("/groundwire.v1.Review/ListCases"): [
        review_pb2.ListCasesRequest(
            state=review_pb2.CASE_STATE_OPEN, decision=guard_pb2.DECISION_BLOCK, page_size=5, page_token="WzAsICIxIl0="
        )
    ],
    Method("/groundwire.v1.Review/GetCase"): [review_pb2.GetCaseRequest(case_id="01H000")],
    Method("/groundwire.v1.Review/ResolveCase"): [
        review_pb2.ResolveCaseRequest(
            case_id="01H000",
            ruling=review_pb2.Ruling(
                resolution=review_pb2.RESOLUTION_CORRECTED, reviewer="ana", note="30", corrected_answer="30 days."
            ),
        )
    ],
    Method("/groundwire.v1.Review/Replay"): [
        review_pb2.ReplayRequest(case_id="01H000"),
        review_pb2.ReplayRequest(
            recorded=review_pb2.RecordedVerdict(
                request=guard_pb2.ValidateRequest(answer="Goods may be returned.", passages=[_PASSAGE]),
                response=guard_pb2.ValidateResponse(confidence=0.5, decision=guard_pb2.DECISION_PASS),
            )
        ),
    ],
    Method("/grpc.health.v1.Health/Check"): [health_pb2.HealthCheckRequest(service="groundwire.v1.Guard")],
}
