from collections import Counter
from datetime import date
from typing import Any

Cases = list[dict[str, Any]]
Documents = dict[str, dict[str, Any]]

REQUIRED = {"id", "kind", "question", "collection", "categories", "as_of", "answer", "claims", "decision", "note"}
OPTIONAL = {"documents", "entity"}
LABELS = {"SUPPORTED", "CONTRADICTED", "UNSUPPORTED", "CONFLICTING", "NOT_A_CLAIM"}
LEAST_QUOTES = {"SUPPORTED": 1, "CONTRADICTED": 1, "CONFLICTING": 2}
CATEGORIES = {"medical", "legal", "financial_figures", "regulatory"}
ALWAYS_ROUTED = {"high_stakes", "off_topic"}


def expected_decision(case: dict[str, Any]) -> str:
    """The decision that the rules in samples/README.md derive from a case's labels and kind."""
    labels = {claim["label"] for claim in case["claims"]}
    if "CONTRADICTED" in labels:
        return "BLOCK"
    if labels & {"UNSUPPORTED", "CONFLICTING"} or labels == {"NOT_A_CLAIM"} or case["kind"] in ALWAYS_ROUTED:
        return "ROUTE_TO_HUMAN"
    return "PASS"


def given_documents(case: dict[str, Any], documents: Documents) -> set[str]:
    """The ids of the documents that a case's answer may rest on."""
    in_collection = {name for name, entry in documents.items() if entry["collection"] == case["collection"]}
    return set(case.get("documents", in_collection))


def holds(entry: dict[str, Any], day: date) -> bool:
    """Whether a document is in force on a day; both ends of its period count."""
    return bool(entry.get("valid_from", date.min) <= day <= entry.get("valid_until", date.max))


def test_ids_are_unique(cases: Cases) -> None:
    """A case is named once."""
    assert [name for name, count in Counter(case["id"] for case in cases).items() if count > 1] == []


def test_every_case_has_the_documented_fields(cases: Cases) -> None:
    """A case has all required fields and none that the README does not explain; labels and categories are known."""
    for case in cases:
        assert REQUIRED <= set(case) <= REQUIRED | OPTIONAL, case["id"]
        assert set(case["categories"]) <= CATEGORIES, case["id"]
        assert {claim["label"] for claim in case["claims"]} <= LABELS, case["id"]


def test_cases_refer_to_documents_and_entities_that_exist(cases: Cases, documents: Documents) -> None:
    """Collections, documents and entities of a case are those of the manifest."""
    entities = {key for entry in documents.values() for key in entry.get("entities", [])}
    for case in cases:
        assert case["collection"] in {entry["collection"] for entry in documents.values()}, case["id"]
        assert set(case.get("documents", [])) <= set(documents), case["id"]
        assert case.get("entity", "product/nimbra") in entities, case["id"]


def test_claims_are_slices_of_the_answer_in_order_and_leave_nothing_out(cases: Cases) -> None:
    """Between two claims of an answer stand only spaces, line breaks and list bullets."""
    for case in cases:
        rest = case["answer"]
        for claim in case["claims"]:
            before, found, rest = rest.partition(claim["text"])
            assert found, (case["id"], claim["text"])
            assert before.strip(" \n-") == "", (case["id"], before)
        assert rest == "", case["id"]


def test_every_quote_stands_in_its_document(cases: Cases, texts: dict[str, str]) -> None:
    """The evidence of a claim can be read in the document that it names."""
    for case in cases:
        for claim in case["claims"]:
            for evidence in claim["evidence"]:
                assert evidence["quote"] in texts[evidence["document_id"]], (case["id"], evidence)


def test_evidence_is_given_and_in_force(cases: Cases, documents: Documents) -> None:
    """A label rests only on documents that the case gives and that hold on the day asked about."""
    for case in cases:
        day = date.fromisoformat(case["as_of"])
        cited = {evidence["document_id"] for claim in case["claims"] for evidence in claim["evidence"]}
        assert cited <= given_documents(case, documents), case["id"]
        assert all(holds(documents[name], day) for name in cited), case["id"]


def test_labels_have_the_evidence_they_need(cases: Cases) -> None:
    """Support and contradiction quote a document, a conflict quotes two, the other labels quote none."""
    for case in cases:
        for claim in case["claims"]:
            least = LEAST_QUOTES.get(claim["label"], 0)
            sources = {evidence["document_id"] for evidence in claim["evidence"]}
            assert len(sources) >= least, (case["id"], claim["text"])
            assert least > 0 or not sources, (case["id"], claim["text"])


def test_evidence_is_about_the_entity_asked_about(cases: Cases, documents: Documents) -> None:
    """A case about one order or customer quotes that one's records, or documents about nobody in particular."""
    for case in cases:
        if "entity" in case:
            cited = {evidence["document_id"] for claim in case["claims"] for evidence in claim["evidence"]}
            for name in cited:
                assert case["entity"] in documents[name].get("entities", [case["entity"]]), case["id"]


def test_decisions_follow_from_labels(cases: Cases) -> None:
    """The decision of a case is the one that the README's rules give."""
    for case in cases:
        assert case["decision"] == expected_decision(case), case["id"]


def test_the_set_is_balanced(cases: Cases) -> None:
    """No decision makes up more than 40 % or less than 25 % of the cases, so that guessing one does not pay."""
    shares = {name: count / len(cases) for name, count in Counter(case["decision"] for case in cases).items()}
    assert set(shares) == {"PASS", "ROUTE_TO_HUMAN", "BLOCK"}
    assert min(shares.values()) >= 0.25
    assert max(shares.values()) <= 0.40


def test_the_demo_shows_one_answer_that_passes_and_one_that_does_not(cases: Cases) -> None:
    """The demo's answers share a question; the bad one has a wrong number and an invented feature."""
    by_id = {case["id"]: case for case in cases}
    good, bad = by_id["demo-grounded"], by_id["demo-hallucinated"]
    assert good["question"] == bad["question"]
    assert good["decision"] == "PASS"
    assert [claim["label"] for claim in bad["claims"]] == ["CONTRADICTED", "SUPPORTED", "UNSUPPORTED"]
