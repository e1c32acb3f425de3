"""What the audit says of a decision."""

from __future__ import annotations

import json
from concurrent.futures import Future
from dataclasses import dataclass, field, replace

import pytest

from server.access.audit.policy import AuditPolicy, Rule
from server.access.audit.recording import Recorder
from server.domain import (
    Caller,
    ClaimVerdict,
    Decision,
    Label,
    Passage,
    Query,
    Reason,
    ReasonCode,
    Retrieval,
    Span,
    ValidationRequest,
    Verdict,
    Versions,
)
from server.errors import StoreFailure
from server.stores.chain import AuditEntry

BOT = Caller("acme", "bot", on_behalf_of=Caller("acme", "ann"))
PASSAGES = tuple(Passage(f"p{at}", "Ann earns 5,000.", "salaries", "hr", at + 1) for at in (0, 0, 1))
VERDICT = Verdict(
    Decision.BLOCK,
    0.25,
    0.0,
    1.0,
    (ClaimVerdict(Span(0, 5), "claim", Label.CONTRADICTED, 0.25, "why"),),
    PASSAGES,
    reasons=(Reason(ReasonCode.CLAIM_CONTRADICTED, "message"),),
    versions=Versions(policy="default@1:abc"),
)


@dataclass
class Kept:
    """A log in memory; `error` is what writing to it raises."""

    entries: list[AuditEntry] = field(default_factory=list)
    error: Exception | None = None

    def append(self, entry: AuditEntry) -> Future[None]:
        self.entries.append(entry)
        future: Future[None] = Future()
        if self.error is None:
            future.set_result(None)
        else:
            future.set_exception(self.error)
        return future


def test_a_verdict_is_recorded_with_who_what_which_and_why() -> None:
    """Each document once in each version, and of content nothing but hashes."""
    log = Kept()
    Recorder(log).verdict(ValidationRequest(BOT, "She earns 6,000.", "What does Ann earn?"), VERDICT)
    (entry,) = log.entries
    assert (entry.tenant, entry.caller, entry.action, entry.outcome) == ("acme", BOT, "validate", "BLOCK")
    assert (entry.policies, entry.reasons) == (("default@1:abc",), ("CLAIM_CONTRADICTED",))
    assert entry.details["documents"] == [["hr", "salaries", 1], ["hr", "salaries", 2]]
    assert entry.details["claims"] == {"CONTRADICTED": 1}
    assert "earn" not in json.dumps(entry.details)


def test_text_is_kept_where_the_policy_of_each_collection_says_so() -> None:
    """One collection that keeps hashes alone is enough to keep none."""
    log = Kept()
    recorder = Recorder(log, AuditPolicy(default=Rule(content="text"), collections={"hr": Rule()}))
    query = Query(BOT, "What does Ann earn?")
    recorder.retrieval(query, Retrieval(PASSAGES, 9, 7))
    recorder.retrieval(query, Retrieval((replace(PASSAGES[0], collection="manuals"),), 3, 7))
    assert ["text" in entry.details["query"] for entry in log.entries] == [False, True]


def test_what_cannot_be_recorded_is_not_given() -> None:
    """The caller hears that the records cannot be written."""
    with pytest.raises(StoreFailure):
        Recorder(Kept(error=StoreFailure("disk full"))).verdict(ValidationRequest(BOT, "answer"), VERDICT)
