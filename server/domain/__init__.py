"""The values that the service speaks in: frozen, comparable, free of I/O and of protobuf.

Offsets are *character* offsets into a `str`, half-open `[start, end)`. The contract counts UTF-8 bytes;
`server.rpc.convert` is the one place where the two meet.
"""

from __future__ import annotations

from server.domain.callers import DEFAULT_TENANT, EVERY_GROUP, HIGHEST_CLEARANCE, LOCAL_CALLER, Caller, Permission
from server.domain.cases import CaseState, Resolution, ReviewCase, Ruling
from server.domain.claims import Citation, ClaimVerdict, Label, Relation
from server.domain.corrections import Correction, Edit, EditKind
from server.domain.documents import (
    Attributes,
    Deletion,
    DocumentKey,
    DocumentVersion,
    Preview,
    Resource,
    Source,
    StoredChunk,
    StoredDocument,
    Trust,
    UpsertOutcome,
    UpsertStatus,
    Validity,
)
from server.domain.entities import CardField, EntityCard, FieldState, FieldType
from server.domain.evidence import Mask, Passage
from server.domain.facts import FactCheck, FactKind, FactOutcome, FactSpan
from server.domain.feeds import Change, ChangeOutcome, ChangeStatus, FeedProgress
from server.domain.pages import Page
from server.domain.reasons import Reason, ReasonCode, Suspicion
from server.domain.requests import PromptRef, Usage, ValidationRequest
from server.domain.retrieval import Filter, LeftOut, LeftOutReason, Query, Retrieval, RetrievalMode
from server.domain.service import Degradation, Timing
from server.domain.spans import Span
from server.domain.streams import ClaimJudged, ClaimRetracted, Finalised, Leak, StreamEvent, WritingStopped
from server.domain.verdicts import Decision, Receipt, Verdict, Versions

__all__ = [
    "DEFAULT_TENANT",
    "EVERY_GROUP",
    "HIGHEST_CLEARANCE",
    "LOCAL_CALLER",
    "Attributes",
    "Caller",
    "CardField",
    "CaseState",
    "Change",
    "ChangeOutcome",
    "ChangeStatus",
    "Citation",
    "ClaimJudged",
    "ClaimRetracted",
    "ClaimVerdict",
    "Correction",
    "Decision",
    "Degradation",
    "Deletion",
    "DocumentKey",
    "DocumentVersion",
    "Edit",
    "EditKind",
    "EntityCard",
    "FactCheck",
    "FactKind",
    "FactOutcome",
    "FactSpan",
    "FeedProgress",
    "FieldState",
    "FieldType",
    "Filter",
    "Finalised",
    "Label",
    "Leak",
    "LeftOut",
    "LeftOutReason",
    "Mask",
    "Page",
    "Passage",
    "Permission",
    "Preview",
    "PromptRef",
    "Query",
    "Reason",
    "ReasonCode",
    "Receipt",
    "Relation",
    "Resolution",
    "Resource",
    "Retrieval",
    "RetrievalMode",
    "ReviewCase",
    "Ruling",
    "Source",
    "Span",
    "StoredChunk",
    "StoredDocument",
    "StreamEvent",
    "Suspicion",
    "Timing",
    "Trust",
    "UpsertOutcome",
    "UpsertStatus",
    "Usage",
    "ValidationRequest",
    "Validity",
    "Verdict",
    "Versions",
    "WritingStopped",
]
