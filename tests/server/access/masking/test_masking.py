"""What a caller reads of a passage, and that every place stays right."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.access.masking.masking import Masking
from server.access.masking.policy import MaskingPolicy, load_masking_policy
from server.domain import (
    Attributes,
    Caller,
    CardField,
    DocumentKey,
    DocumentVersion,
    EntityCard,
    FieldState,
    FieldType,
    LeftOutReason,
    Passage,
    Query,
    Retrieval,
    Span,
    StoredChunk,
    StoredDocument,
)
from server.errors import InvalidConfiguration
from server.rpc.convert import passage_message
from server.rpc.offsets import DocumentOffsets
from tests.fakes import ACME, OTHER

PAGE = (Path(__file__).parents[4] / "docs" / "masking.md").read_text(encoding="utf-8")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
PAYROLL = replace(ACME, roles=("payroll",), groups=("support",))


def masking(*rules: object, caller_passages: bool = False, secret: bytes = b"secret") -> Masking:
    """Masking by some rules."""
    policy = MaskingPolicy.model_validate({"rules": rules, "caller_passages": caller_passages})
    return Masking(policy, secret, lambda text: len(text.split()))


def read(text: str, *rules: object, caller: Caller = ACME, secret: bytes = b"secret") -> str:
    """What a caller reads of a passage of the collection hr."""
    query, passage = Query(caller, "q"), Passage("p", text, collection="hr", tokens=3)
    return masking(*rules, secret=secret).retrieval(query, Retrieval((passage,), 3, 7)).passages[0].text


@pytest.mark.parametrize(
    ("rule", "text", "read_as"),
    [
        ({"detect": ["email"], "action": "mask"}, "Ask ann@example.org.", "Ask [email]."),
        ({"detect": ["email"], "action": "drop"}, "Ask ann@example.org.", "Ask ."),
        ({"detect": ["email"], "action": "generalise"}, "Ask ann@example.org.", "Ask @example.org."),
        ({"detect": ["birth_date"], "action": "generalise"}, "Ann was born on 12 March 1984.", "Ann was born on 1984."),
        ({"detect": ["payment_card"], "action": "generalise"}, "4111 1111 1111 1111", "[ends in 1111]"),
        ({"fields": ["Salary"], "action": "mask"}, '{"salary": 5000, "id": 7}', '{"salary": "[salary]", "id": 7}'),
        ({"fields": ["salary"], "action": "drop"}, '{"salary": 5000, "id": 7}', '{"salary": null, "id": 7}'),
        (
            {"fields": ["address"], "action": "drop"},
            '{"address": {"no": [1, "]"]}, "id": 7}',
            '{"address": null, "id": 7}',
        ),
        (
            {"fields": ["address"], "action": "mask"},
            '{"id": 7, "address": {"no": 1,',
            '{"id": 7, "address": "[address]"',
        ),
        (
            {"fields": ["first name"], "action": "mask"},
            '{"firstName": "A \\"n", "x": 1}',
            '{"firstName": "[firstname]", "x": 1}',
        ),
        (
            {"fields": ["date_of_birth"], "action": "generalise"},
            "Date of birth: 12.3.1984\nNo: 7",
            "Date of birth: 1984\nNo: 7",
        ),
    ],
)
def test_values_are_treated_as_the_rule_says(rule: object, text: str, read_as: str) -> None:
    """Found by their form, or by the name of their field; records stay JSON."""
    assert read(text, rule) == read_as


def test_a_token_is_stable_within_a_tenant() -> None:
    """However the value is spaced; other tenants, other kinds and other keys have others."""
    rule = {"detect": ["payment_card"], "action": "tokenise"}
    card = read("4111 1111 1111 1111", rule)
    assert re.fullmatch(r"payment_card_[0-9a-f]{12}", card)
    assert read("4111111111111111", rule) == card
    assert len({card, read("4111111111111111", rule, caller=OTHER), read("4111111111111111", rule, secret=b"x")}) == 3


def test_rules_are_for_collections_and_callers() -> None:
    """An application that acts for somebody is exempt only if both are."""
    rule = {"detect": ["email"], "action": "mask", "exempt": {"roles": ["payroll"]}}
    text = "Ask ann@example.org."
    assert read(text, {**rule, "collections": ["manuals"]}) == text
    assert read(text, rule, caller=PAYROLL) == text
    assert read(text, rule, caller=replace(PAYROLL, on_behalf_of=ACME)) == "Ask [email]."


def test_the_first_rule_decides() -> None:
    """And overlapping values are masked once."""
    rules = ({"fields": ["contact"], "action": "drop"}, {"detect": ["email"], "action": "mask"})
    assert read('{"contact": "ann@example.org", "cc": "bob@example.org"}', *rules) == '{"contact": "", "cc": "[email]"}'


def test_of_a_value_in_another_nothing_is_left() -> None:
    """The larger one decides, whatever the order of the rules."""
    rules = ({"detect": ["email"], "action": "mask"}, {"fields": ["contact", "mail"], "action": "drop"})
    assert read('{"contact": {"mail": "ann@example.org", "floor": 3}, "id": 7}', *rules) == '{"contact": null, "id": 7}'


def test_a_chunk_that_begins_inside_a_string_is_read_as_well() -> None:
    """Its first quote ends a string."""
    rule = {"fields": ["salary"], "action": "drop"}
    assert read('the end of a note", "salary": 5000, "id": 7}', rule) == 'the end of a note", "salary": null, "id": 7}'


@pytest.mark.parametrize("piece", ['{"x":', '"\\', '"', '{"salary":[', "salary: ", "]}", '"salary":"'])
def test_a_hostile_text_is_read_in_one_pass(piece: str) -> None:
    """A quadratic reader would take hours."""
    rules = ({"fields": ["salary", "x"], "action": "drop"}, {"detect": ["email", "iban", "salary"], "action": "mask"})
    assert isinstance(read(piece * 100_000, *rules), str)


def test_a_part_of_a_large_field_is_known_by_its_path() -> None:
    """The passage does not hold the field's name, the headings above it do."""
    passage = Passage("p", '{"street": "Long Lane"}', collection="hr", heading_path=("customers", "address"), tokens=3)
    found = masking({"fields": ["address"], "action": "drop"}).retrieval(Query(ACME, "q"), Retrieval((passage,), 3, 7))
    assert found.passages[0].text == "[address]"


def test_context_headings_and_titles_are_masked_too() -> None:
    """The model reads them with the passage."""
    passage = Passage(
        "p",
        "text",
        heading_path=("Mail of ann@example.org",),
        context_prefix="To ann@example.org",
        attributes=Attributes(title="ann@example.org"),
    )
    found = masking({"detect": ["email"], "action": "mask"}).retrieval(Query(ACME, "q"), Retrieval((passage,), 3, 7))
    assert "ann" not in str(found.passages)


def test_what_no_longer_fits_the_budget_is_left_out() -> None:
    """Tokens are those of the masked text."""
    passages = tuple(Passage(f"p{at}", f"ann{at}@example.org", tokens=1) for at in range(3))
    mask = masking({"detect": ["email"], "action": "mask"})
    longer = replace(mask, count_tokens=lambda text: 2)
    found = longer.retrieval(Query(ACME, "q", token_budget=4), Retrieval(passages, 3, 7))
    assert ([each.passage_id for each in found.passages], found.tokens) == (["p0", "p1"], 4)
    assert [(each.passage_id, each.reason) for each in found.left_out] == [("p2", LeftOutReason.TOKEN_BUDGET)]


def card_value(name: str, value: str, *rules: object, passage: str = "") -> tuple[str, str]:
    """What a caller reads as the value of a card's field, and where that stands in the passage."""
    start = passage.find(value)
    field = CardField(
        "customer/1", name, value, FieldType.TEXT, FieldState.CURRENT, NOW, timedelta(0), "hr", "d", 1, "hash", "",
        Span(0, len(value)), 0, value, "p", Span(start, start + len(value)) if passage else None,
    )  # fmt: skip
    found = Retrieval((Passage("p", passage, collection="hr"),), 3, 7, card=EntityCard("customer/1", (field,)))
    masked = masking(*rules).retrieval(Query(ACME, "q"), found)
    assert masked.card is not None
    (read_field,) = masked.card.fields
    assert (read_field.content_hash != "hash") == bool(rules)
    place = read_field.passage_span
    return read_field.value, "" if place is None else place.of(masked.passages[0].text)


@pytest.mark.parametrize(
    ("name", "value", "rule", "read_as"),
    [
        ("salary", "5000", {"fields": ["salary"], "action": "mask"}, "[salary]"),
        ("pay.salary[0]", "5000", {"fields": ["pay"], "action": "drop"}, ""),
        ("contact", "ann@example.org", {"detect": ["email"], "action": "mask"}, "[email]"),
        ("city", "Alderwick", {"detect": ["email"], "fields": ["salary"], "action": "mask"}, "Alderwick"),
    ],
)
def test_a_card_says_no_more_than_its_passages(name: str, value: str, rule: object, read_as: str) -> None:
    """The values of its fields are masked by name and by content, those that are in no passage too."""
    record = '{"pay": {"salary": [5000]}}' if "." in name else f'{{"id": 7, "{name}": {value}, "note": "x"}}'
    assert card_value(name, value, rule)[0] == read_as
    found, in_passage = card_value(name, value, rule, passage=record)
    assert found == read_as
    assert value == read_as or value not in in_passage


def test_passages_of_the_caller_are_masked_where_the_policy_says_so() -> None:
    """They are the caller's own otherwise."""
    rule, passages = {"detect": ["email"], "action": "mask"}, (Passage("p", "ann@example.org"),)
    assert masking(rule).brought(ACME, passages) == passages
    assert masking(rule, caller_passages=True).brought(ACME, passages)[0].text == "[email]"


PIECES = st.lists(
    st.sampled_from(["ann@example.org ", "größer ", "x", "naïve@example.org ", ". "]), min_size=1, max_size=8
)


@given(PIECES, st.sampled_from(["mask", "drop", "generalise", "tokenise"]), st.data())
def test_every_place_outside_of_masks_is_that_of_the_document(
    pieces: list[str], action: str, data: st.DataObject
) -> None:
    """Character by character; a span that touches a mask takes in all that it stands for."""
    source, start = "".join(pieces), 10
    passage = Passage("p", source, span=Span(7, 7 + len(source)), start_byte=start, tokens=1)
    rule = {"detect": ["email"], "action": action}
    masked = masking(rule).retrieval(Query(ACME, "q"), Retrieval((passage,), 1, 7)).passages[0]
    offsets, raw = DocumentOffsets(masked), source.encode()

    assert passage_message(masked).document_span == passage_message(passage).document_span
    first = data.draw(st.integers(0, len(masked.text)))
    span = Span(first, data.draw(st.integers(first, len(masked.text))))
    place = offsets.of(span)
    stands_for = raw[place.start - start : place.end - start].decode()
    if not any(
        (mask.span.start < span.end and span.start < mask.span.end) or mask.span.start == mask.span.end
        for mask in masked.masks
    ):
        assert stands_for == span.of(masked.text)
    assert [mask.span.of(masked.text) for mask in masked.masks if action == "mask"] == ["[email]"] * source.count(
        "@"
    ) * (action == "mask")


def test_a_document_is_masked_with_its_chunks() -> None:
    """Each chunk is the part of the given text that its span says."""
    text = "Ann is ann@example.org.\nBob is bob@example.org."
    chunks = tuple(
        StoredChunk(at, Span(a, b), a, text[a:b], "prose", (), "", 3, None, at + 1, at + 1)
        for at, (a, b) in enumerate([(0, 23), (24, 47)])
    )
    version = DocumentVersion(DocumentKey("acme", "hr", "d"), 1, "text", "", Attributes(), None, None, 47, 2, "")  # type: ignore[arg-type]
    shown = masking({"detect": ["email"], "action": "mask"}).document(ACME, StoredDocument(version, text, chunks))
    assert shown.text == "Ann is [email].\nBob is [email]."
    assert [chunk.span.of(shown.text) for chunk in shown.chunks] == [chunk.text for chunk in shown.chunks]
    assert [chunk.text for chunk in shown.chunks] == ["Ann is [email].", "Bob is [email]."]


def test_the_policy_of_the_page_does_what_it_says(tmp_path: Path) -> None:
    """For a caller, and for one who is exempt."""
    (tmp_path / "masking.yaml").write_text(re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)[0])
    mask = Masking(load_masking_policy(tmp_path / "masking.yaml"), b"secret", len)
    passage = Passage("p", '{"born": "12 March 1984", "salary": 5000, "mail": "ann@example.org"}', collection="hr")
    texts = [
        mask.retrieval(Query(caller, "q"), Retrieval((passage,), 0, 7)).passages[0].text for caller in (ACME, PAYROLL)
    ]
    assert re.fullmatch(r'\{"born": "1984", "salary": null, "mail": "email_[0-9a-f]{12}"\}', texts[0])
    assert texts[1] == '{"born": "1984", "salary": 5000, "mail": "ann@example.org"}'
    assert mask.policy.version.startswith("masking@")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rules: []", "has no rules"),
        ("[1]", "has no rules"),
        ("rules: [{action: mask}]", "rules.0: Value error, needs detect or fields"),
        ("rules: [{action: hide, detect: [email]}]", "rules.0.action: Input should be 'mask'"),
        ("rules: [{action: mask, detect: [emails]}]", "rules.0.detect.0: Input should be 'email'"),
        ("rules: [{action: generalise, detect: [iban]}]", "iban cannot be generalised"),
        ("rules: [{action: mask, detect: [email], unless: x}]", "rules.0.unless: Extra inputs"),
        ("a: [", "not YAML"),
    ],
)
def test_a_wrong_policy_is_refused_at_start(tmp_path: Path, text: str, message: str) -> None:
    """With the file and the field."""
    (tmp_path / "masking.yaml").write_text(text)
    with pytest.raises(InvalidConfiguration, match=r"masking\.yaml") as caught:
        load_masking_policy(tmp_path / "masking.yaml")
    assert message in str(caught.value)


# --- what tells of the text beside the text -------------------------------------------------------------------

EMAILS = {"detect": ["email"], "action": "mask"}
NO_SALARY = {"fields": ["salary"], "action": "mask", "exempt": {"roles": ["payroll"]}, "collections": ["hr"]}


def _version(collection: str = "hr", document_id: str = "d", number: int = 1, content: bytes = b"x") -> DocumentVersion:
    return DocumentVersion(
        key=DocumentKey("acme", collection, document_id),
        version=number,
        type="text",
        content_hash=hashlib.sha256(content).hexdigest(),
        attributes=Attributes(
            title="Of ann@example.org", metadata={"Salary": "70000", "by": "ann@example.org", "n": "1"}
        ),
        stored_at=NOW,
        superseded_at=None,
        characters=1,
        chunks=1,
        chunker="c",
    )


def test_what_is_known_of_a_document_is_masked_with_it() -> None:
    """Its title and metadata, where a list of documents would tell them."""
    version = masking(NO_SALARY, EMAILS).version(ACME, _version())
    assert version.attributes.title == "Of [email]"
    assert version.attributes.metadata == {"Salary": "[salary]", "by": "[email]", "n": "1"}
    assert masking(NO_SALARY).version(PAYROLL, _version()) == _version()


def test_no_guess_at_the_content_can_be_confirmed_by_its_hash() -> None:
    """It is keyed where rules hide something from the caller, in every form in which a document is shown."""
    step, version = masking(NO_SALARY), _version()
    shown = step.version(ACME, version).content_hash
    assert re.fullmatch("[0-9a-f]{64}", shown)
    assert shown != version.content_hash
    assert step.document(ACME, StoredDocument(version, "nothing to hide", ())).version.content_hash == shown
    passage = Passage("p", "nothing to hide", "d", "hr", 1, content_hash=version.content_hash)
    found = step.retrieval(Query(ACME, "q"), Retrieval((passage,), 0, 7)).passages[0]
    assert found.content_hash == shown
    assert masking(NO_SALARY, secret=b"other").version(ACME, version).content_hash != shown


def test_the_hash_of_a_hidden_content_is_that_of_one_version_alone() -> None:
    """Who stores a guess beside the document does not get the same."""
    step, version = masking(NO_SALARY, EMAILS), _version()
    others = [
        _version(document_id="guess"),
        _version(number=2),
        _version(collection="other"),
        _version(content=b"y"),
    ]
    hashes = {step.version(ACME, each).content_hash for each in (version, *others)}
    assert len(hashes) == 5


def test_the_hash_is_that_of_the_content_where_nothing_is_hidden() -> None:
    """From those who are exempt, in other collections, and of what a caller brought along."""
    version, elsewhere = _version(), _version(collection="open")
    assert masking(NO_SALARY).version(PAYROLL, version).content_hash == version.content_hash
    assert masking(NO_SALARY).version(ACME, elsewhere).content_hash == elsewhere.content_hash
    brought = Passage("p", "salary: 7", collection="hr", content_hash=version.content_hash)
    masked = masking(NO_SALARY, caller_passages=True).brought(ACME, (brought,))[0]
    assert (masked.text, masked.content_hash) == ("salary: [salary]", version.content_hash)
    unknown = Passage("p", "salary: 7", collection="hr")
    assert masking(NO_SALARY).retrieval(Query(ACME, "q"), Retrieval((unknown,), 0, 7)).passages[0].content_hash == ""


def test_a_card_hides_what_only_its_passage_tells_for_what_it_is() -> None:
    """A figure under a harmless name, which the words before it in the passage announce as a salary."""
    rule = {"detect": ["salary"], "action": "mask"}
    assert card_value("amount", "70000 EUR", rule) == ("70000 EUR", "")
    assert card_value("amount", "70000 EUR", rule, passage="annual salary: 70000 EUR") == ("[salary]", "[salary]")
