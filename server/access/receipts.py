"""Receipts: what a server signs of each verdict, for whoever must show later what was decided about what.

A receipt is a statement and, around it, when and by which key it was signed. The statement is canonical JSON that depends on the
request, the evidence and the versions alone: the same input under the same versions gives the same bytes. It holds hashes of
content and no content. The signature is Ed25519 over

    "groundwire.receipt/1" NUL microseconds since 1970-01-01 UTC NUL statement

Both sides of the contract make digests here, the server of its own values and the offline check of what a file says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from server.access.signing import PublicKeys, SigningKey
from server.domain import Passage, Receipt, ValidationRequest, Verdict
from server.stores.canonical import canonical
from server.stores.moments import to_micros


def utc_now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class IssueReceipt:
    """The step that signs a verdict."""

    key: SigningKey
    now: Callable[[], datetime] = utc_now

    def __call__(self, request: ValidationRequest, verdict: Verdict) -> Verdict:
        """The verdict with its receipt."""
        said, moment = statement(request, verdict), self.now()
        signature = self.key.sign(signed_bytes(said, moment)).hex()
        return replace(verdict, receipt=Receipt(said, moment, self.key.key_id, signature))


def check_receipt(receipt: Receipt, keys: PublicKeys) -> str:
    """Why a receipt is not good, in words that follow "it is"; empty when it is good."""
    try:
        signature = bytes.fromhex(receipt.signature)
    except ValueError:
        return "without a signature that is hexadecimal"
    return keys.verify(receipt.key_id, signature, signed_bytes(receipt.statement, receipt.issued_at))


def signed_bytes(said: str, moment: datetime) -> bytes:
    """What the signature of a receipt is over."""
    return f"groundwire.receipt/1\0{to_micros(moment)}\0{said}".encode()


def statement(request: ValidationRequest, verdict: Verdict) -> str:
    """What a receipt says of a verdict."""
    return canonical(
        {
            "answer": text_digest(request.answer),
            "as_of": request.as_of.isoformat() if request.as_of else "",
            "claims": claims_digest(
                (claim.text, claim.label, [citation.quote for citation in claim.citations]) for claim in verdict.claims
            ),
            "confidence": f"{verdict.confidence:.6f}",
            "decision": verdict.decision,
            "evidence": [_evidence_digest(passage) for passage in verdict.passages],
            "format": "groundwire.receipt/1",
            "model": request.model,
            "prompt": {"id": request.prompt.prompt_id, "version": request.prompt.version},
            "question": text_digest(request.question),
            "tenant": request.caller.tenant,
            "versions": {name: _plain(value) for name, value in asdict(verdict.versions).items()},
        }
    )


def text_digest(text: str) -> str:
    """The lower-case hexadecimal SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def evidence_digest(*, document_id: str, collection: str, version: int, content_hash: str, text: str) -> str:
    """The digest of one passage: its text, and which document in which version it is from."""
    said = {
        "collection": collection,
        "content_hash": content_hash,
        "document_id": document_id,
        "text": text,
        "version": version,
    }
    return text_digest(canonical(said))


def claims_digest(claims: Iterable[tuple[str, str, list[str]]]) -> str:
    """The digest of the verdicts on claims: text, label and quotes of each, in order."""
    return text_digest(canonical([[text, label, quotes] for text, label, quotes in claims]))


def _evidence_digest(passage: Passage) -> str:
    return evidence_digest(
        document_id=passage.document_id,
        collection=passage.collection,
        version=passage.version,
        content_hash=passage.content_hash,
        text=passage.text,
    )


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
