"""Policies, FAQs, chats, invoices and slides: what each keeps together."""

from chunkers import Chunk, ChunkKind, ChunkLimits, DocumentType, chunk, parse
from tests.chunkers.counting import count_tokens
from tests.chunkers.office_files import pptx


def chunks_of(text: str, kind: DocumentType, max_tokens: int = 60) -> list[Chunk]:
    """Return the chunks of a text read as a genre."""
    return list(chunk(parse(text.encode(), kind), ChunkLimits(max_tokens), count_tokens))


def test_policy_says_from_when_it_applies() -> None:
    """The effective date stands in the context of every rule."""
    rules = "**Meals**\n\nUp to 40 EUR a day.\n\n**Hotels**\n\nUp to 120 EUR.\n"
    text = f"# Travel policy\n\nVersion 2.0. Effective date: 1 May 2026\n\n{rules}"
    chunks = chunks_of(text, DocumentType.POLICY)

    assert [one.heading_path[-1] for one in chunks] == ["Travel policy", "Meals", "Hotels"]
    assert all("Version 2.0. Effective date: 1 May 2026" in one.context_prefix for one in chunks)


def test_question_stays_with_its_answer() -> None:
    """Marked, bold and plain questions each open a chunk with their answer, and long answers repeat them."""
    text = "How do I return it?\n\n{}\n\nQ: Is it free?\nA: Yes.\n\n**May I pay later?**\n\nNo.".format(
        "Send it back soon. " * 30
    )
    chunks = chunks_of(text, DocumentType.FAQ)

    assert all("How do I return it?" in one.embedding_text for one in chunks[:-2])
    assert [one.heading_path for one in chunks[-2:]] == [("Is it free?",), ("May I pay later?",)]


def test_turns_are_not_torn_and_long_ones_name_their_speaker() -> None:
    """Chunks of a chat end between turns; a turn longer than a chunk repeats who speaks."""
    text = "\n".join(
        [
            *("[10:00] <ann> My order is late.\n[10:01] <bob> Sorry to hear." for _ in range(9)),
            "[10:09] <ann> " + "I wait. " * 60,
        ]
    )
    chunks = chunks_of(text, DocumentType.CHAT, 40)

    assert all(one.kind is ChunkKind.TURN for one in chunks)
    assert all(one.text.startswith("[10:") or one.context_prefix == "ann:" for one in chunks)


def test_line_with_a_colon_is_no_turn() -> None:
    """Only a name that speaks twice is a speaker."""
    (first, second) = parse(b"Ann: please note:\nDeadline: Monday\nAnn: ok", DocumentType.CHAT).blocks

    assert first.header == second.header == "Ann:"


def test_invoice_fields_and_items_are_cells() -> None:
    """Key-value lines and aligned lines give cells, and every chunk names the invoice."""
    items = "Item      Qty   Price\nBolt      2     0.10\nNut       1     5.00"
    text = f"Invoice number: INV-17\nBill to: ACME\n\n{items}\n\nTotal: 5.20\n"
    parsed = parse(text.encode(), DocumentType.INVOICE)
    chunks = chunk(parsed, ChunkLimits(60), count_tokens)

    cells = {(cell.row, cell.column): text[cell.start : cell.end] for one in chunks for cell in one.cells}
    assert cells["Nut", "Price"] == "5.00"
    assert cells["Total", "value"] == "5.20"
    assert all("INV-17" in one.embedding_text for one in chunks)


def test_slides_of_a_file_are_pages() -> None:
    """Each slide is a section of its own with its title, and knows its number."""
    data = pptx([("Plan", ["Grow", "Hire"]), ("Risks", ["Delay"])])
    chunks = chunk(parse(data), ChunkLimits(60), count_tokens)

    assert [(one.heading_path, one.page) for one in chunks] == [(("Plan",), 1), (("Risks",), 2)]
    assert chunks[0].text == "Plan\n\n- Grow\n- Hire"


def test_slides_of_a_text_are_pages() -> None:
    """Rules between slides in a text make them pages too."""
    chunks = chunks_of("# Plan\nGrow\n\n---\n\n# Risks\nDelay", DocumentType.SLIDES)

    assert [(one.heading_path, one.page) for one in chunks] == [(("Plan",), 1), (("Risks",), 2)]
