"""The values that the service speaks in: frozen, comparable, free of I/O and of protobuf.

Offsets are *character* offsets into a `str`, half-open `[start, end)`. The contract counts UTF-8 bytes;
`server.rpc.convert` is the one place where the two meet.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters, `0 <= start <= end`."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"a span needs 0 <= start <= end, not [{self.start}, {self.end})")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The characters of `text` that this span covers."""
        return text[self.start : self.end]

    def shifted(self, by: int) -> Span:
        """The same span in a text that has `by` characters more in front."""
        return Span(self.start + by, self.end + by)


# --- callers ------------------------------------------------------------------------------------------------


DEFAULT_TENANT = "default"
"""Whose documents and cases those of a caller without an identity are."""

EVERY_GROUP = "*"
"""Stands for membership in every group; only the operator can give it, no token can."""

HIGHEST_CLEARANCE = 100
"""Clearances of callers and documents range from 0 to this."""


class Permission(StrEnum):
    """What a caller may do at all; which documents and cases it concerns is decided for each of them."""

    RETRIEVE = "RETRIEVE"
    VALIDATE = "VALIDATE"
    READ_DOCUMENTS = "READ_DOCUMENTS"
    WRITE_DOCUMENTS = "WRITE_DOCUMENTS"
    REVIEW = "REVIEW"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: what a verified credential says, and nothing that the request says.

    `groups` open documents that name readers, `clearance` (0 to 100) those that demand one, `region` keeps out those of
    other regions; "" is none. `attributes` are for policies. An application that acts for an end user is the caller, and
    the user is its `on_behalf_of`: what they may do is what both may.
    """

    tenant: str
    subject: str
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    permissions: tuple[Permission, ...] = ()
    clearance: int = 0
    region: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    on_behalf_of: Caller | None = None

    def may(self, permission: Permission) -> bool:
        """Whether the caller, and whom it acts for, have a permission."""
        return all(permission in principal.permissions for principal in self.principals)

    @property
    def principals(self) -> tuple[Caller, ...]:
        """Everyone whose rights a decision needs: the caller, then whom it acts for."""
        return (self,) if self.on_behalf_of is None else (self, *self.on_behalf_of.principals)

    @property
    def fingerprint(self) -> str:
        """Hexadecimal SHA-256 over all that decisions depend on: equal for callers with equal rights."""
        decides = [
            [
                [principal.tenant, principal.subject, principal.region, principal.clearance],
                [sorted(principal.groups), sorted(principal.roles), sorted(principal.permissions)],
                sorted(principal.attributes.items()),
            ]
            for principal in self.principals
        ]
        return hashlib.sha256(json.dumps(decides).encode()).hexdigest()


LOCAL_CALLER = Caller(
    tenant=DEFAULT_TENANT,
    subject="anonymous",
    groups=(EVERY_GROUP,),
    roles=("admin",),
    permissions=tuple(Permission),
    clearance=HIGHEST_CLEARANCE,
)
"""Whoever calls a server that identifies nobody, which is one that only its own machine can reach."""


# --- documents ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Validity:
    """When a document's statements hold: from `start` (inclusive) until `end` (exclusive), in UTC; None is open."""

    start: datetime | None = None
    end: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        """Whether the statements hold at `moment`."""
        return (self.start is None or self.start <= moment) and (self.end is None or moment < self.end)


@dataclass(frozen=True, slots=True)
class DocumentKey:
    """What identifies a document: its tenant, its collection, and the caller's own id within it."""

    tenant: str
    collection: str
    document_id: str


class Trust(StrEnum):
    """Who may have written a document: anybody (web pages, uploads), people of the house, or an authority on its subject."""

    UNTRUSTED = "UNTRUSTED"
    STANDARD = "STANDARD"
    AUTHORITATIVE = "AUTHORITATIVE"


@dataclass(frozen=True, slots=True)
class Attributes:
    """What the owner says of a document beside its content; a change of any of these is a new version.

    Only members of the groups `readers` (empty: everyone of the tenant), and the subject `owner`, may see the document, and
    only with a clearance of at least `clearance`, 0 to 100.
    """

    title: str = ""
    source_uri: str = ""
    entity_keys: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    owner: str = ""
    readers: tuple[str, ...] = ()
    clearance: int = 0
    region: str = ""
    validity: Validity = Validity()
    observed_at: datetime | None = None
    version_label: str = ""
    trust: Trust = Trust.STANDARD
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resource:
    """What decisions about access can ask of a document; documents that agree in all of it are open to the same callers."""

    tenant: str = ""
    collection: str = ""
    owner: str = ""
    readers: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    clearance: int = 0
    region: str = ""
    entity_keys: tuple[str, ...] = ()

    @classmethod
    def of(cls, tenant: str, collection: str, attributes: Attributes) -> Resource:
        """The document with these attributes in a collection of a tenant."""
        return cls(
            tenant=tenant,
            collection=collection,
            owner=attributes.owner,
            readers=attributes.readers,
            labels=attributes.labels,
            clearance=attributes.clearance,
            region=attributes.region,
            entity_keys=attributes.entity_keys,
        )


@dataclass(frozen=True, slots=True)
class Source:
    """A document as it is handed in: raw bytes, or the JSON bytes of a structured record.

    `declared_type` is one of `chunkers.DocumentType`'s values, or None for detection from content and `filename`.
    """

    key: DocumentKey
    content: bytes
    declared_type: str | None = None
    filename: str | None = None
    attributes: Attributes = Attributes()


@dataclass(frozen=True, slots=True)
class DocumentVersion:
    """One stored version of a document.

    `version` counts from 1 for each document. `content_hash` is the lower-case hex SHA-256 of the raw content.
    `superseded_at` is None for the current version.
    """

    key: DocumentKey
    version: int
    type: str
    content_hash: str
    attributes: Attributes
    stored_at: datetime
    superseded_at: datetime | None
    characters: int
    chunks: int
    chunker: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk as the records keep it: a span of its document's text, and the byte offset of that span in UTF-8.

    `ordinal` counts from 0 within the document version; `tokens` includes the context prefix.
    """

    ordinal: int
    span: Span
    start_byte: int
    text: str
    kind: str
    heading_path: tuple[str, ...]
    context_prefix: str
    tokens: int
    page: int | None
    first_line: int
    last_line: int

    @property
    def indexed_text(self) -> str:
        """What the indexes hold of the chunk: its context, then its text."""
        return f"{self.context_prefix}\n{self.text}" if self.context_prefix else self.text


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document version with its canonical text and the chunks cut from it, in order."""

    version: DocumentVersion
    text: str
    chunks: tuple[StoredChunk, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What ingestion would make of a document, without storing it; `type_confidence` is 1 for a declared type."""

    type: str
    title: str
    text: str
    chunks: tuple[StoredChunk, ...]
    warnings: tuple[str, ...] = ()
    type_confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Deletion:
    """Which documents a deletion removed, which were not there, and the revision from which no query sees them."""

    deleted: tuple[DocumentKey, ...]
    missing: tuple[DocumentKey, ...]
    revision: int


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items of a longer list; `next_page_token` is empty on the last page."""

    items: tuple[Item, ...]
    next_page_token: str = ""


class UpsertStatus(StrEnum):
    """What became of one document of an upsert."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    UNCHANGED = "UNCHANGED"
    REJECTED = "REJECTED"


@dataclass(frozen=True, slots=True)
class UpsertOutcome:
    """The acknowledgement for one document; `reason` and `message` are set when it was REJECTED."""

    key: DocumentKey
    status: UpsertStatus
    version: int = 0
    type: str = ""
    chunks: int = 0
    revision: int = 0
    warnings: tuple[str, ...] = ()
    reason: str = ""
    message: str = ""


# --- feeds of changes ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a feed: a document to store, or the key of one to remove; `sequence`, from 1, numbers it in its feed."""

    sequence: int
    what: Source | DocumentKey

    @property
    def key(self) -> DocumentKey:
        """The document that it changes."""
        return self.what.key if isinstance(self.what, Source) else self.what


class ChangeStatus(StrEnum):
    """What became of one change of a feed; SKIPPED says that it, or a later one, had been applied before."""

    APPLIED = "APPLIED"
    UNCHANGED = "UNCHANGED"
    SKIPPED = "SKIPPED"
    REJECTED = "REJECTED"


@dataclass(frozen=True, slots=True)
class ChangeOutcome:
    """The acknowledgement of one change.

    `missing` counts the numbers between the change that was applied before and this one; `version` is the document's current
    one, 0 if there is none. `reason` and `message` are set when it was REJECTED.
    """

    sequence: int
    key: DocumentKey
    status: ChangeStatus
    version: int = 0
    missing: int = 0
    reason: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class FeedProgress:
    """What became of changes, how far their feed is applied now (0: not begun), and the revision that shows it."""

    outcomes: tuple[ChangeOutcome, ...]
    sequence: int
    revision: int


# --- retrieval ----------------------------------------------------------------------------------------------


class RetrievalMode(StrEnum):
    """Which indexes answer a query; HYBRID fuses both by reciprocal rank."""

    HYBRID = "HYBRID"
    DENSE = "DENSE"
    LEXICAL = "LEXICAL"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which documents a query may see: every given condition must hold; an empty one does not restrict.

    `labels` and `entity_keys` hold when the document has at least one of them; `metadata` when all its pairs are equal.
    """

    collections: tuple[str, ...] = ()
    document_ids: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    entity_keys: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Query:
    """One question to the corpus, asked by `caller` within what it may see.

    `text` may be empty where the filter names one entity: then the newest observations come first.
    `top_k` passages at most, and `token_budget` tokens at most (0: no budget). `as_of` reads what was current and valid
    then (None: now); `max_age` refuses what was observed longer before that. `min_revision` waits until the index holds
    that revision.
    """

    caller: Caller
    text: str
    filter: Filter = Filter()
    mode: RetrievalMode = RetrievalMode.HYBRID
    top_k: int = 8
    token_budget: int = 0
    as_of: datetime | None = None
    max_age: timedelta | None = None
    min_revision: int = 0

    @property
    def entity(self) -> str:
        """The one entity that the query is about, or "" for any."""
        keys = self.filter.entity_keys
        return keys[0] if len(keys) == 1 else ""


@dataclass(frozen=True, slots=True)
class Mask:
    """A part of a masked text that stands for another: `what` it was ("email", a field's name), and the `action` taken.

    `source_bytes` is the length of what it stands for in the document, in UTF-8.
    """

    span: Span
    what: str
    action: str
    source_bytes: int


@dataclass(frozen=True, slots=True)
class Passage:
    """Evidence: a span of a document version, or a text that the caller brought along.

    `span` and `start_byte` place `text` in its document (`span` is None for a caller's own text of unknown place).
    `score` orders passages of one reply and is not comparable between replies; `dense_score` is a cosine in [-1, 1],
    `lexical_score` a BM25 score >= 0; both are None where that index did not find the passage.
    `masks` are the parts of `text`, in order, that stand for what the caller may not read; all places in the document are of what
    they stand for.
    """

    passage_id: str
    text: str
    document_id: str = ""
    collection: str = ""
    version: int = 0
    content_hash: str = ""
    span: Span | None = None
    start_byte: int = 0
    score: float = 0.0
    dense_score: float | None = None
    lexical_score: float | None = None
    kind: str = ""
    heading_path: tuple[str, ...] = ()
    context_prefix: str = ""
    page: int | None = None
    first_line: int = 0
    last_line: int = 0
    tokens: int = 0
    type: str = ""
    attributes: Attributes = Attributes()
    masks: tuple[Mask, ...] = ()


class LeftOutReason(StrEnum):
    """Why a passage that was found is not in the reply."""

    TOKEN_BUDGET = "TOKEN_BUDGET"
    OVERLAP = "OVERLAP"
    STALE = "STALE"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A passage that ranked high enough to be returned but was left out; `age` is given for what is STALE."""

    passage_id: str
    reason: LeftOutReason
    tokens: int
    age: timedelta | None = None


class FieldType(StrEnum):
    """What a field of a record holds; EMPTY is null, or an empty text, list or object."""

    TEXT = "TEXT"
    NUMBER = "NUMBER"
    BOOLEAN = "BOOLEAN"
    DATE = "DATE"
    TIMESTAMP = "TIMESTAMP"
    EMPTY = "EMPTY"


class FieldState(StrEnum):
    """Whether a field may be relied on; see `server.stages.cards`."""

    CURRENT = "CURRENT"
    SUPERSEDED = "SUPERSEDED"
    CONFLICTING = "CONFLICTING"
    STALE = "STALE"


@dataclass(frozen=True, slots=True)
class CardField:
    """One value of a record, with where it comes from and how old it is.

    `entity` is the record's own; `name` is the path to the value, such as "lines[0].sku". `text` is the document's text at
    `span`, from byte `start_byte` on. `passage_span` is where it stands in the passage `passage_id`, None when it is in none.
    `value` is "" when it is STALE.
    """

    entity: str
    name: str
    value: str
    type: FieldType
    state: FieldState
    observed_at: datetime
    age: timedelta
    collection: str
    document_id: str
    version: int
    content_hash: str
    source_uri: str
    span: Span
    start_byte: int
    text: str
    passage_id: str = ""
    passage_span: Span | None = None


@dataclass(frozen=True, slots=True)
class EntityCard:
    """What the records say of an entity, field by field; not `complete` when there are more than a card holds."""

    entity: str
    fields: tuple[CardField, ...]
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Degradation:
    """A part of the service that answered with less than it should have, and why."""

    component: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one stage took, in microseconds of wall-clock time."""

    stage: str
    microseconds: int


@dataclass(frozen=True, slots=True)
class Retrieval:
    """The passages for a query, best first, and what they cost; `card` is given for a query about one entity.

    The passages that hold the card's fields come before the others, and beside the `top_k` asked for. `access_policy` is the
    version of the policies that decided on access, `permitted_by` the ids of those that let the passages through.
    """

    passages: tuple[Passage, ...]
    tokens: int
    revision: int
    card: EntityCard | None = None
    left_out: tuple[LeftOut, ...] = ()
    degraded: tuple[Degradation, ...] = ()
    timings: tuple[Timing, ...] = ()
    access_policy: str = ""
    permitted_by: tuple[str, ...] = ()


# --- validation ---------------------------------------------------------------------------------------------


class Label(StrEnum):
    """What the evidence says of a claim."""

    SUPPORTED = "SUPPORTED"
    CONTRADICTED = "CONTRADICTED"
    UNSUPPORTED = "UNSUPPORTED"
    CONFLICTING = "CONFLICTING"
    NOT_A_CLAIM = "NOT_A_CLAIM"
    NOT_CHECKED = "NOT_CHECKED"


class Decision(StrEnum):
    """What the application should do with the answer."""

    PASS = "PASS"
    ROUTE_TO_HUMAN = "ROUTE_TO_HUMAN"
    BLOCK = "BLOCK"


class Relation(StrEnum):
    """How a cited passage bears on a claim."""

    SUPPORTS = "SUPPORTS"
    CONTRADICTS = "CONTRADICTS"


class FactKind(StrEnum):
    """What a deterministic check compares."""

    NUMBER = "NUMBER"
    MONEY = "MONEY"
    PERCENTAGE = "PERCENTAGE"
    DATE = "DATE"
    QUANTITY = "QUANTITY"
    ENTITY = "ENTITY"
    NEGATION = "NEGATION"
    QUOTATION = "QUOTATION"
    IDENTIFIER = "IDENTIFIER"
    COMPARISON = "COMPARISON"
    MODALITY = "MODALITY"
    QUANTIFIER = "QUANTIFIER"
    DIRECTION = "DIRECTION"


class FactOutcome(StrEnum):
    """What a deterministic check found: the same, another, one computed from the evidence, or nothing."""

    MATCH = "MATCH"
    MISMATCH = "MISMATCH"
    DERIVED = "DERIVED"
    NOT_FOUND = "NOT_FOUND"


class ReasonCode(StrEnum):
    """Why an answer, or a claim, is not simply let through; part of the contract."""

    CLAIM_CONTRADICTED = "CLAIM_CONTRADICTED"
    CLAIM_UNSUPPORTED = "CLAIM_UNSUPPORTED"
    CLAIM_CONFLICTING = "CLAIM_CONFLICTING"
    CLAIM_NOT_CHECKED = "CLAIM_NOT_CHECKED"
    FACT_MISMATCH = "FACT_MISMATCH"
    LOW_CONFIDENCE = "LOW_CONFIDENCE"
    HIGH_STAKES = "HIGH_STAKES"
    NO_EVIDENCE = "NO_EVIDENCE"
    NO_CLAIMS = "NO_CLAIMS"
    OVERSIZE = "OVERSIZE"
    DEADLINE = "DEADLINE"
    MODEL_FAILURE = "MODEL_FAILURE"
    DEGRADED = "DEGRADED"
    ABSTENTION = "ABSTENTION"
    OVER_REFUSAL = "OVER_REFUSAL"
    OFF_TOPIC = "OFF_TOPIC"
    EVIDENCE_OUT_OF_DATE = "EVIDENCE_OUT_OF_DATE"
    INJECTION_SUSPECTED = "INJECTION_SUSPECTED"
    HIDDEN_TEXT = "HIDDEN_TEXT"
    UNTRUSTED_SUPPORT = "UNTRUSTED_SUPPORT"


@dataclass(frozen=True, slots=True)
class FactSpan:
    """Where a fact stands: a span of the answer, or of passage number `passage` if that is not None."""

    span: Span
    text: str
    passage: int | None = None


@dataclass(frozen=True, slots=True)
class FactCheck:
    """One deterministic comparison; `formula` shows how a DERIVED figure follows from the evidence."""

    kind: FactKind
    outcome: FactOutcome
    in_claim: FactSpan
    in_evidence: tuple[FactSpan, ...] = ()
    formula: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """The span of passage number `passage` that supports or contradicts a claim, with the probability that it does."""

    passage: int
    span: Span
    quote: str
    relation: Relation
    score: float


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """The verdict on one claim of the answer.

    `confidence` is the calibrated probability in [0, 1] that the evidence supports this claim, whatever its label.
    `reason` is one plain sentence; `code` is None for SUPPORTED and NOT_A_CLAIM. `resolved` is the claim as it was checked, where
    pronouns or what was left out were put in words; empty where it was checked as it stands.
    """

    span: Span
    text: str
    label: Label
    confidence: float
    reason: str
    code: ReasonCode | None = None
    citations: tuple[Citation, ...] = ()
    fact_checks: tuple[FactCheck, ...] = ()
    resolved: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the decision is not PASS; `claims` are indexes into the verdict's, `category` is set for HIGH_STAKES."""

    code: ReasonCode
    message: str
    claims: tuple[int, ...] = ()
    category: str = ""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Text that is hidden from readers or reads like an instruction to a model: `code` is HIDDEN_TEXT or INJECTION_SUSPECTED.

    It stands at `span` of the answer, or of passage number `passage` if that is not None. `text` shows it to people, shortened.
    """

    code: ReasonCode
    span: Span
    text: str
    passage: int | None = None


class EditKind(StrEnum):
    """What an edit of an answer does: takes a part out, puts in what the evidence says, or adds a citation marker."""

    REMOVED = "REMOVED"
    REPLACED = "REPLACED"
    CITED = "CITED"


@dataclass(frozen=True, slots=True)
class Edit:
    """`text` instead of the answer's `span`, on account of claim number `claim` of the verdict."""

    kind: EditKind
    span: Span
    text: str
    claim: int


@dataclass(frozen=True, slots=True)
class Correction:
    """The answer after `edits`, which passes; or, when there is none that does, empty with the `reason`.

    The citation marker [n] stands for passage number `sources[n - 1]`.
    """

    answer: str
    edits: tuple[Edit, ...] = ()
    sources: tuple[int, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PromptRef:
    """Which prompt of the application produced the answer."""

    prompt_id: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """What the answer cost the application: tokens, and money in `currency` (ISO 4217)."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost: float = 0.0
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class ValidationRequest:
    """An answer to check, with the evidence that the application used, or a query by which to find it.

    Exactly one of `passages` (possibly empty) and `query` is given: `query` is None where the caller brought passages.
    """

    caller: Caller
    answer: str
    question: str = ""
    passages: tuple[Passage, ...] = ()
    query: Query | None = None
    policy: str = ""
    categories: tuple[str, ...] = ()
    prompt: PromptRef = PromptRef()
    model: str = ""
    usage: Usage = Usage()
    as_of: datetime | None = None
    include_corrected_answer: bool = False


@dataclass(frozen=True, slots=True)
class Versions:
    """Everything that a verdict depends on, so that it can be explained and repeated."""

    service: str = ""
    entailment_model: str = ""
    embedding_model: str = ""
    policy: str = ""
    index_revision: int = 0
    chunkers: tuple[str, ...] = ()
    access_policy: str = ""
    masking_policy: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a server has signed of a verdict: a canonical statement and the time; the signature is hexadecimal."""

    statement: str
    issued_at: datetime
    key_id: str
    signature: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the service says of an answer.

    `confidence` is the calibrated probability in [0, 1] that every claim is supported; `support_score` the share of
    claims (NOT_A_CLAIM aside) that are; `evidence_read` the share of the evidence's characters that the model read.
    """

    decision: Decision
    confidence: float
    support_score: float
    evidence_read: float
    claims: tuple[ClaimVerdict, ...]
    passages: tuple[Passage, ...]
    reasons: tuple[Reason, ...] = ()
    categories: tuple[str, ...] = ()
    degraded: tuple[Degradation, ...] = ()
    versions: Versions = Versions()
    timings: tuple[Timing, ...] = ()
    review_case_id: str = ""
    suspicions: tuple[Suspicion, ...] = ()
    correction: Correction | None = None
    receipt: Receipt | None = None

    @property
    def route_to_human(self) -> bool:
        """Whether a person must look at the answer before anyone relies on it."""
        return self.decision is not Decision.PASS


# --- an answer that is still being written --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClaimJudged:
    """A claim has closed, and this is the verdict on it; `number` counts from 1 and is not used again."""

    number: int
    verdict: ClaimVerdict


@dataclass(frozen=True, slots=True)
class ClaimRetracted:
    """The verdict `number` no longer holds, because what was written since is read together with its claim."""

    number: int


@dataclass(frozen=True, slots=True)
class Leak:
    """What of an answer was handed in from the start of the claim that stopped it on; `size` counts UTF-8 bytes."""

    size: int
    characters: int
    pieces: int


@dataclass(frozen=True, slots=True)
class WritingStopped:
    """The policy's limit is crossed by the verdict `number`: stop writing, and show nothing more."""

    number: int
    message: str
    leak: Leak


@dataclass(frozen=True, slots=True)
class Finalised:
    """The verdict on the whole answer; `leak` is all that was handed in after the claim that stopped it, if one did."""

    answer: str
    verdict: Verdict
    leak: Leak | None = None


StreamEvent: TypeAlias = ClaimJudged | ClaimRetracted | WritingStopped | Finalised


# --- review -------------------------------------------------------------------------------------------------


class CaseState(StrEnum):
    """Whether a person has decided a case."""

    OPEN = "OPEN"
    RESOLVED = "RESOLVED"


class Resolution(StrEnum):
    """What a person decided: the answer was right, wrong, or right after a correction."""

    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    CORRECTED = "CORRECTED"


@dataclass(frozen=True, slots=True)
class Ruling:
    """A person's decision on a case; `corrected_answer` is given exactly when the resolution is CORRECTED."""

    resolution: Resolution
    reviewer: str
    note: str = ""
    corrected_answer: str = ""
    resolved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReviewCase:
    """A flagged answer, kept with all that a person needs to decide it."""

    case_id: str
    tenant: str
    created_at: datetime
    request: ValidationRequest
    verdict: Verdict
    ruling: Ruling | None = None

    @property
    def state(self) -> CaseState:
        """OPEN until somebody has ruled."""
        return CaseState.OPEN if self.ruling is None else CaseState.RESOLVED
