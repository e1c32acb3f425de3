"""Contracts: clauses, definitions and cross-references, whatever format carries them."""

from chunkers import Chunk, ChunkKind, ChunkLimits, DocumentType, chunk, parse
from tests.chunkers.counting import count_tokens
from tests.chunkers.office_files import docx, paragraph

LEASE = """LEASE AGREEMENT

1. Definitions

1.1 “Deposit” means the sum of 900 EUR.

1.2 “Premises” means the flat at 5 Mill Lane.

2. Payment. The tenant shall pay the rent on the first day of each month.

3. Return. The landlord shall return the Deposit within 30 days, subject to clause 2.

4. Care. The tenant shall: (a) keep the flat clean and free of vermin; (b) report every damage without delay; (c) heat it.
"""


def clauses(text: str, max_tokens: int = 60) -> list[Chunk]:
    """Return the chunks of a contract."""
    return list(chunk(parse(text.encode(), DocumentType.CONTRACT), ChunkLimits(max_tokens), count_tokens))


def test_every_clause_is_a_chunk_under_its_number_and_title() -> None:
    """Clauses are not mixed, and a clause's path ends with its number and title."""
    paths = [one.heading_path[-1] for one in clauses(LEASE, 100)]

    assert paths[-3:] == ["2. Payment", "3. Return", "4. Care"]


def test_clause_brings_the_definition_it_relies_on() -> None:
    """A defined term is explained in the prefix of the clause that uses it, not of the clause that defines it."""
    chunks = {one.heading_path[-1]: one for one in clauses(LEASE, 100)}

    assert "“Deposit” means the sum of 900 EUR" in chunks["3. Return"].context_prefix
    assert "means" not in chunks["1.1"].context_prefix


def test_clause_names_the_clauses_it_refers_to() -> None:
    """A cross-reference is resolved to the title of the clause meant."""
    chunks = {one.heading_path[-1]: one for one in clauses(LEASE, 100)}

    assert "Refers to: 2. Payment" in chunks["3. Return"].context_prefix


def test_long_clause_is_cut_at_its_items_and_repeats_its_lead_in() -> None:
    """Each part after the first begins with an item and has the words that govern it in the prefix."""
    parts = [one for one in clauses(LEASE, 40) if one.heading_path[-1] == "4. Care"]

    assert len(parts) > 1
    assert all(one.text.startswith("(") and "The tenant shall:" in one.context_prefix for one in parts[1:])


def test_nested_numbers_are_completed() -> None:
    """A clause numbered 1 inside clause 2 of a Markdown list is clause 2.1."""
    chunks = clauses("1. **Scope**\n    1. **Use.** You may use it.\n2. **Fees**\n    1. **Due.** Pay in May.\n")

    assert [one.heading_path for one in chunks] == [("1. Scope", "1.1. Use"), ("2. Fees", "2.1. Due")]


def test_contract_in_word_is_read_as_one() -> None:
    """The genre applies to the text of any format."""
    data = docx(paragraph("1. Term. It lasts one year."), paragraph("2. Law. Swiss law applies."))
    parsed = parse(data, DocumentType.CONTRACT)

    assert [block.kind for block in parsed.blocks] == [ChunkKind.CLAUSE, ChunkKind.CLAUSE]
    assert parsed.type is DocumentType.CONTRACT
