"""Every use case that shows or changes documents keeps to what its caller may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from server.access.control import AccessControl
from server.access.policies import load_access_policies, parse_access_policies
from server.domain import (
    LOCAL_CALLER,
    Attributes,
    Caller,
    Decision,
    DocumentKey,
    Passage,
    Query,
    Resolution,
    RetrievalMode,
    Ruling,
    Source,
    UpsertOutcome,
    UpsertStatus,
    ValidationRequest,
    Verdict,
)
from server.errors import NotFound
from server.stores.store import Store
from server.usecases.documents import DeleteDocuments, GetDocument, ListDocuments
from server.usecases.ingest import IngestDocuments
from server.usecases.retrieve import RetrievePassages
from server.usecases.review import GetCase, KeepCase, ListCases, ResolveCase
from tests.drafts import draft
from tests.fakes import ACME, OPEN, OTHER, WordEmbedder, unlimited

HR = replace(ACME, groups=("hr",))
SECRET = Attributes(readers=("hr",))
_POLICIES = load_access_policies()
IN_EU = AccessControl(lambda: _POLICIES, "eu")


@pytest.fixture
def filled(store: Store) -> Store:
    """Two documents of the tenant acme, one of them for the group hr alone."""
    store.documents.put(draft("open", "an otter swims")).result()
    store.documents.put(draft("secret", "an otter dives", attributes=SECRET)).result()
    return store


def _ids(store: Store, caller: Caller, mode: RetrievalMode = RetrievalMode.HYBRID) -> set[str]:
    found = RetrievePassages(store.passages, WordEmbedder(), OPEN)(Query(caller, "otter", mode=mode))
    return {passage.document_id for passage in found.passages}


def _ingest(
    store: Store, caller: Caller, attributes: Attributes, access: AccessControl = OPEN, name: str = "new"
) -> UpsertOutcome:
    source = Source(DocumentKey("acme", "docs", name), b"Otters rest.", declared_type="text", attributes=attributes)
    (outcome,) = IngestDocuments(store.documents, WordEmbedder(), access, unlimited)(caller, [source])
    return outcome


def _told(call: Callable[[], Any]) -> tuple[str, str, Any]:
    """All that an error lets its caller know, the name that the caller gave aside."""
    with pytest.raises(NotFound) as caught:
        call()
    error = caught.value
    return error.message.replace("secret", "absent"), error.reason, set(error.details)


@pytest.mark.parametrize("mode", RetrievalMode)
def test_retrieval_finds_what_the_caller_may_see(filled: Store, mode: RetrievalMode) -> None:
    """In every mode; a caller of another tenant finds nothing."""
    assert _ids(filled, HR, mode) == {"open", "secret"}
    assert _ids(filled, ACME, mode) == {"open"}
    assert _ids(filled, OTHER, mode) == set()


def test_a_reply_says_which_policies_let_its_passages_through(filled: Store) -> None:
    """By their ids, and the version of them all."""
    found = RetrievePassages(filled.passages, WordEmbedder(), OPEN)(Query(HR, "otter"))
    assert (found.permitted_by, found.access_policy) == (("within-the-tenant",), _POLICIES.version)


def test_what_is_missing_of_hidden_documents_is_not_told(filled: Store) -> None:
    """That some have no embedding yet would say that they are there."""
    retrieve = RetrievePassages(filled.passages, WordEmbedder(), OPEN)
    filled.documents.put(draft("bare", "an otter hides", attributes=SECRET, embedded=False)).result()
    assert retrieve(Query(ACME, "otter")).degraded == ()
    assert [each.reason for each in retrieve(Query(HR, "otter")).degraded] == ["EMBEDDINGS_INCOMPLETE"]


@pytest.mark.parametrize("version", [None, 1, 7])
def test_forbidden_and_absent_read_the_same(filled: Store, version: int | None) -> None:
    """For any version that somebody asks for."""
    get = GetDocument(filled.documents, OPEN)
    absent = _told(lambda: get(ACME, DocumentKey("acme", "docs", "absent"), version))
    assert _told(lambda: get(ACME, DocumentKey("acme", "docs", "secret"), version)) == absent
    assert _told(lambda: get(OTHER, DocumentKey("acme", "docs", "secret"), version)) == absent
    assert get(HR, DocumentKey("acme", "docs", "secret")).text == "an otter dives"


def test_an_earlier_version_is_as_closed_as_the_current_one(filled: Store) -> None:
    """Closing a document closes its past, and opening it does not open what was closed."""
    get = GetDocument(filled.documents, OPEN)
    filled.documents.put(draft("open", "now secret", attributes=SECRET)).result()
    filled.documents.put(draft("secret", "now open")).result()
    for name in ("open", "secret"):
        with pytest.raises(NotFound):
            get(ACME, DocumentKey("acme", "docs", name), 1)
        assert get(HR, DocumentKey("acme", "docs", name), 1).version.version == 1


def test_lists_leave_out_what_the_caller_may_not_see(store: Store) -> None:
    """Pages are as full as if the others were not there."""
    for number in range(9):
        store.documents.put(draft(f"d{number}", "x", attributes=SECRET if number % 3 else Attributes())).result()
    list_documents = ListDocuments(store.documents, OPEN)
    first = list_documents(ACME, page_size=2)
    second = list_documents(ACME, page_size=2, page_token=first.next_page_token)
    names = [[version.key.document_id for version in page.items] for page in (first, second)]
    assert (names, second.next_page_token) == ([["d0", "d3"], ["d6"]], "")
    assert len(list_documents(HR).items) == 9
    assert list_documents(OTHER).items == ()


def test_deleting_the_forbidden_is_like_deleting_the_absent(filled: Store) -> None:
    """It is reported as missing, at the same revision, and stays."""
    delete = DeleteDocuments(filled.documents, OPEN)
    forbidden = delete(ACME, [DocumentKey("acme", "docs", "secret")])
    absent = delete(ACME, [DocumentKey("acme", "docs", "absent")])
    assert (forbidden.deleted, len(forbidden.missing), forbidden.revision) == ((), 1, absent.revision)
    assert delete(OTHER, [DocumentKey("acme", "docs", "open")]).deleted == ()
    assert _ids(filled, HR) == {"open", "secret"}
    assert len(delete(HR, [DocumentKey("acme", "docs", "secret")]).deleted) == 1


def test_who_stores_must_be_allowed_to(store: Store) -> None:
    """For its tenant; not for one of another."""
    assert _ingest(store, ACME, SECRET).status is UpsertStatus.CREATED
    refused = _ingest(store, OTHER, Attributes())
    assert (refused.status, refused.reason) == (UpsertStatus.REJECTED, "NOT_PERMITTED")


def test_what_may_not_be_stored_may_not_be_replaced(store: Store) -> None:
    """Nor found to be unchanged."""
    text = """@id("all") permit (principal, action, resource);
              @id("hr") forbid (principal, action == Action::"write", resource)
              when { resource.labels.contains("hr") && !principal.groups.contains("hr") };"""
    policies = parse_access_policies({"own.cedar": text})
    access = AccessControl(lambda: policies)
    assert _ingest(store, HR, Attributes(labels=("hr",)), access).status is UpsertStatus.CREATED
    assert _ingest(store, ACME, Attributes(labels=("hr",)), access).reason == "NOT_PERMITTED"
    assert _ingest(store, ACME, Attributes(), access).reason == "NOT_PERMITTED"
    assert _ingest(store, HR, Attributes(labels=("hr",)), access).status is UpsertStatus.UNCHANGED
    assert _ingest(store, HR, Attributes(), access).status is UpsertStatus.UPDATED


@pytest.mark.parametrize(
    ("caller", "message"),
    [
        (ACME, "its region is 'us', and this server's is 'eu'"),
        (replace(ACME, region="eu"), "its region is 'us', and this server's is 'eu'"),
    ],
)
def test_a_document_of_another_region_is_not_stored(store: Store, caller: Caller, message: str) -> None:
    """The reply says why; one of the same region, or of none, is."""
    refused = _ingest(store, caller, Attributes(region="us"), IN_EU)
    assert (refused.reason, refused.message) == ("REGION_REFUSED", message)
    assert _ingest(store, caller, Attributes(region="eu"), IN_EU).status is UpsertStatus.CREATED
    assert _ingest(store, caller, Attributes(), IN_EU, "other").status is UpsertStatus.CREATED


def test_a_caller_stores_in_its_region_alone(store: Store) -> None:
    """Also on a server that has none."""
    refused = _ingest(store, replace(ACME, region="eu"), Attributes(region="us"))
    assert refused.message == "its region is 'us', and the caller's is 'eu'"


def _case(store: Store, attributes: Attributes = SECRET, tenant: str = "acme") -> str:
    request = ValidationRequest(replace(ACME, tenant=tenant), "The otter flies.")
    evidence = Passage("p0", "text", "quoted", "docs", attributes=attributes)
    return KeepCase(store.cases)(request, Verdict(Decision.ROUTE_TO_HUMAN, 0.2, 0.0, 1.0, (), (evidence,)))


def test_a_case_is_for_those_who_may_see_its_evidence(store: Store) -> None:
    """To others it is not there, to read or to decide."""
    case_id, ruling = _case(store), Ruling(Resolution.APPROVED, "bob")
    get, resolve = GetCase(store.cases, store.documents, OPEN), ResolveCase(store.cases, store.documents, OPEN)
    for refused in (ACME, replace(HR, tenant="other")):
        absent = _told(lambda: get(refused, "absent"))  # noqa: B023 - called at once
        assert _told(lambda: get(refused, case_id))[1:] == absent[1:]  # noqa: B023
        assert _told(lambda: resolve(refused, case_id, ruling))[1:] == absent[1:]  # noqa: B023
    assert get(HR, case_id).case_id == case_id
    assert resolve(HR, case_id, ruling).ruling is not None


def test_listed_cases_are_those_whose_evidence_may_be_seen(store: Store) -> None:
    """Pages are as full as if the others were not there."""
    kept = [_case(store, SECRET if number % 2 else Attributes()) for number in range(5)]
    list_cases = ListCases(store.cases, store.documents, OPEN)
    first = list_cases(ACME, page_size=2)
    second = list_cases(ACME, page_size=2, page_token=first.next_page_token)
    listed = [case.case_id for page in (first, second) for case in page.items]
    assert (listed, second.next_page_token) == ([kept[4], kept[2], kept[0]], "")
    assert len(list_cases(HR).items) == 5


def test_a_case_is_closed_with_the_documents_that_it_quotes(store: Store) -> None:
    """What everybody might read when it was kept is not there for those who may not read the document any more."""
    case_id, rights = _case(store, Attributes()), (store.cases, store.documents, OPEN)
    _ingest(store, HR, Attributes(), name="quoted")
    assert GetCase(*rights)(ACME, case_id).case_id == case_id
    _ingest(store, HR, SECRET, name="quoted")
    for refused in (
        lambda: GetCase(*rights)(ACME, case_id),
        lambda: ResolveCase(*rights)(ACME, case_id, Ruling(Resolution.APPROVED, "bob")),
    ):
        with pytest.raises(NotFound):
            refused()
    assert ListCases(*rights)(ACME).items == ()
    assert [case.case_id for case in ListCases(*rights)(HR).items] == [case_id]


def test_an_identified_caller_rules_under_its_own_name(store: Store) -> None:
    """Or that of the user whom it acts for; where nobody is identified, the ruling's own name stands."""
    acting = replace(HR, on_behalf_of=replace(HR, subject="uma"))
    resolve = ResolveCase(store.cases, store.documents, OPEN)
    for caller, name in ((HR, "ann"), (acting, "uma"), (LOCAL_CALLER, "bob")):
        case = resolve(caller, _case(store, tenant=caller.tenant), Ruling(Resolution.APPROVED, "bob"))
        assert case.ruling is not None
        assert case.ruling.reviewer == name
