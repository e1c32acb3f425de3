"""Packing: where chunks end, what they repeat, and how often tokens are counted."""

from itertools import pairwise

import pytest

from chunkers import ChunkLimits, DocumentType, InvalidLimits, chunk, parse
from tests.chunkers.counting import count_tokens

SENTENCE = "The fee for every transfer is due on the first day of May. "


def chunks_of(text: str, limits: ChunkLimits, kind: DocumentType = DocumentType.TEXT) -> list[str]:
    """Return the texts of the chunks."""
    return [one.text for one in chunk(parse(text.encode(), kind), limits, count_tokens)]


def test_document_that_fits_is_one_chunk() -> None:
    """Paragraphs that fit together are not cut."""
    assert chunks_of("One fee.\n\nTwo fees.", ChunkLimits(40)) == ["One fee.\n\nTwo fees."]


def test_chunks_end_at_sentences() -> None:
    """A paragraph too long for a chunk is cut after sentences, abbreviations and decimals apart."""
    texts = chunks_of(SENTENCE * 3 + "It costs 4.50 EUR acc. to Mr. Smith. " + SENTENCE * 3, ChunkLimits(50))

    assert len(texts) > 2
    assert all(text.endswith((".", "Smith.")) and not text.endswith("Mr.") for text in texts)


def test_paragraph_ends_are_preferred() -> None:
    """A chunk ends with a paragraph rather than in the middle of the next one."""
    texts = chunks_of(f"{SENTENCE * 2}\n\n{SENTENCE * 3}", ChunkLimits(60))

    assert texts[0] == (SENTENCE * 2).strip()


def test_parts_are_balanced() -> None:
    """What takes a little more than one chunk becomes two of similar size, not a full one and a scrap."""
    first, second = chunks_of(SENTENCE * 6, ChunkLimits(90))

    assert len(second) > len(first) / 3


def test_word_longer_than_a_chunk_is_split() -> None:
    """A word without a place to cut is cut inside, and nothing of it is lost."""
    texts = chunks_of("x" * 1_000, ChunkLimits(16))

    assert "".join(texts) == "x" * 1_000


def test_address_is_cut_at_a_space_before_it() -> None:
    """The colon of an address is no end of a clause."""
    texts = chunks_of("See https://shop.example/returns " * 30, ChunkLimits(60))

    assert not any(text.endswith("https:") for text in texts)


def test_visible_characters_stay_whole() -> None:
    """A cut inside a word never separates an accent from its letter."""
    texts = chunks_of("e\u0301" * 500, ChunkLimits(16))

    assert not any(text.startswith("\u0301") for text in texts)


def test_overlap_repeats_whole_sentences_within_its_limit() -> None:
    """The next chunk begins with the last sentence of the one before, when that fits the overlap."""
    parsed = parse((SENTENCE * 12).encode(), DocumentType.TEXT)
    chunks = chunk(parsed, ChunkLimits(60, overlap_tokens=20), count_tokens)

    pairs = list(pairwise(chunks))
    assert all(later.start < earlier.end for earlier, later in pairs)
    assert all(later.start > earlier.start and later.end > earlier.end for earlier, later in pairs)


def test_heading_stays_with_its_text() -> None:
    """No chunk ends with a heading whose text follows in the next one."""
    texts = chunks_of(f"{SENTENCE}\n\n2. Fees\n\n{SENTENCE}", ChunkLimits(32))

    assert any(text.startswith("2. Fees\n\nThe fee") for text in texts)


def test_continuation_repeats_the_heading() -> None:
    """The part of a section without its heading says it in the prefix, the part with it does not."""
    parsed = parse(f"# Fees\n\n{SENTENCE * 6}".encode(), DocumentType.MARKDOWN)
    chunks = chunk(parsed, ChunkLimits(50), count_tokens)

    assert [one.context_prefix for one in chunks] == ["", *["Fees"] * (len(chunks) - 1)]


def test_long_prefix_leaves_room_for_the_text() -> None:
    """A prefix takes two fifths of a chunk at most, however long the headings are."""
    parsed = parse(f"# {'Very long heading ' * 40}\n\n{SENTENCE * 6}".encode(), DocumentType.MARKDOWN)
    chunks = chunk(parsed, ChunkLimits(50), count_tokens)

    assert all(count_tokens(one.context_prefix) <= 20 for one in chunks if one.context_prefix)


def test_text_is_counted_little_more_than_once() -> None:
    """Counting is what chunking costs, so prose is passed to the counter fewer than two times over."""
    counted = []

    def counter(text: str) -> int:
        counted.append(len(text))
        return count_tokens(text)

    text = "\n\n".join(SENTENCE * (1 + at % 7) for at in range(400))
    chunk(parse(text.encode(), DocumentType.TEXT), ChunkLimits(200), counter)

    assert sum(counted) < 1.6 * len(text)


def test_counter_that_no_character_satisfies_is_reported() -> None:
    """A counter that gives one character more tokens than the limit gets an error that names the character."""
    parsed = parse(b"ab", DocumentType.TEXT)

    with pytest.raises(InvalidLimits, match="'a' at 0"):
        chunk(parsed, ChunkLimits(16), lambda text: 100 * len(text))


@pytest.mark.parametrize(("size", "overlap"), [(15, 0), (100, 50), (100, -1)])
def test_impossible_limits_are_refused(size: int, overlap: int) -> None:
    """Limits that leave no room for text are refused when they are stated."""
    with pytest.raises(InvalidLimits):
        ChunkLimits(size, overlap)
