"""The only mapping between protobuf and the domain: requests are checked coming in, offsets become bytes going out.

A module for each service, for whole verdicts, and for what they share.
"""

from __future__ import annotations

from server.rpc.convert.corpus import (
    changes,
    changes_response,
    chunk_message,
    data,
    document_message,
    source,
    upsert_response,
)
from server.rpc.convert.evidence import passage_message
from server.rpc.convert.guard import stream_start, validation_request
from server.rpc.convert.retriever import query, retrieve_response
from server.rpc.convert.review import case_message, case_state, case_summary, decision, recorded, ruling
from server.rpc.convert.verdicts import stream_event, validate_response

__all__ = [
    "case_message",
    "case_state",
    "case_summary",
    "changes",
    "changes_response",
    "chunk_message",
    "data",
    "decision",
    "document_message",
    "passage_message",
    "query",
    "recorded",
    "retrieve_response",
    "ruling",
    "source",
    "stream_event",
    "stream_start",
    "upsert_response",
    "validate_response",
    "validation_request",
]
