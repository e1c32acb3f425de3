"""JSON: records, paths, and exact complaints."""

import json

import pytest

from chunkers import ChunkLimits, DocumentType, UnreadableDocument, chunk, parse, record_fields
from tests.chunkers.counting import count_tokens


def test_small_record_is_one_chunk() -> None:
    """An order with its lines stays together."""
    order = json.dumps({"id": "O-17", "items": [{"sku": "S1", "qty": 2}], "total": 9.5}).encode()

    assert len(chunk(parse(order, DocumentType.JSON), ChunkLimits(200), count_tokens)) == 1


def test_records_of_a_large_document_stand_alone_under_their_path() -> None:
    """Every order is a chunk of its own, so that no chunk mixes two customers."""
    orders = [{"id": f"O-{number}", "customer": {"name": "Ann"}, "note": "x " * 100} for number in range(12)]
    parsed = parse(json.dumps({"shop": "B", "orders": orders}).encode(), DocumentType.JSON)
    chunks = chunk(parsed, ChunkLimits(200), count_tokens)

    assert [one.heading_path for one in chunks[1:]] == [("orders", f"[{number}]") for number in range(12)]
    assert all(one.text.count('"id"') == 1 for one in chunks[1:])


def test_parts_of_a_long_record_name_it() -> None:
    """The later parts of a record repeat what identifies it."""
    record = [{"id": "O-17", **{f"field {number}": "some words of text" for number in range(40)}}]
    chunks = chunk(parse(json.dumps(record).encode(), DocumentType.JSON), ChunkLimits(80), count_tokens)

    assert all("O-17" in one.embedding_text for one in chunks)


def test_inner_records_say_whose_they_are() -> None:
    """The lines of an order carry the order's number and customer, so that no fact changes its owner."""
    order = {
        "order": "ORD-7",
        "customer": "CUS-1",
        "lines": [{"sku": f"S{number}", "note": "x " * 90} for number in range(9)],
    }
    chunks = chunk(parse(json.dumps(order).encode(), DocumentType.JSON), ChunkLimits(200), count_tokens)

    assert all("order: ORD-7, customer: CUS-1" in one.context_prefix for one in chunks[1:])


def test_lines_of_json_are_records() -> None:
    """JSON Lines is read value by value."""
    chunks = chunk(parse(b'{"a": 1}\n{"a": 2}\n', DocumentType.JSON), ChunkLimits(50), count_tokens)

    assert [one.text for one in chunks] == ['{"a": 1}', '{"a": 2}']


@pytest.mark.parametrize(
    ("source", "reason", "where"),
    [
        ('{"a": 1,\n "b" 2}', "MALFORMED", "line 2, column 6"),
        ('{"a": [1, 2', "TRUNCATED", "2 open brackets"),
        ("[" * 10_000, "TOO_DEEP", "200"),
    ],
)
def test_broken_json_is_located(source: str, reason: str, where: str) -> None:
    """The refusal says what is wrong and where."""
    with pytest.raises(UnreadableDocument, match=where) as refusal:
        parse(source.encode(), DocumentType.JSON)

    assert refusal.value.reason == reason


def test_fields_of_a_record_are_slices_of_its_text() -> None:
    """Each with its name; what is nested is reached by a path."""
    text = '{\n "id": "O-17",\n "lines": [{"sku": "Ä1", "qty": 2.50}, {}],\n "paid": true\n}'
    fields = record_fields(text)

    assert text[fields[0].start : fields[0].end] == '"id": "O-17"'
    assert [(leaf.path, leaf.literal) for one in fields for leaf in one.leaves] == [
        ("id", '"O-17"'),
        ("lines[0].sku", '"Ä1"'),
        ("lines[0].qty", "2.50"),
        ("lines[1]", "{}"),
        ("paid", "true"),
    ]
    assert all(leaf.literal in text[leaf.start : leaf.end] for one in fields for leaf in one.leaves)


@pytest.mark.parametrize("text", ["[1, 2]", '{"a": 1}\n{"a": 2}', '"text"', "{}"])
def test_what_is_not_one_object_has_no_fields(text: str) -> None:
    """A list or a run of records is about several things."""
    assert record_fields(text) == ()
