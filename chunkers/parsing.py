"""One door for every document type: bytes in, text and blocks out."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from chunkers import (
    chat,
    contract,
    csv_table,
    docx,
    faq,
    html,
    invoice,
    json_records,
    mail,
    markdown,
    pdf,
    plain_text,
    policy,
    slides,
    source_code,
    xlsx,
)
from chunkers.detection import detect, detect_format
from chunkers.document import DocumentType, Parsed
from chunkers.errors import Unreadable, UnreadableDocument
from chunkers.tables import captioned

LARGEST_DOCUMENT = 128 * 1024 * 1024
"""Bytes; larger input is refused before it is read."""

_LARGEST: Mapping[DocumentType, int] = {
    DocumentType.JSON: 32 * 1024 * 1024,
    DocumentType.HTML: 32 * 1024 * 1024,
    DocumentType.MARKDOWN: 32 * 1024 * 1024,
}
"""Types whose structure takes many times the memory of their text."""

_READERS: Mapping[DocumentType, Callable[[bytes], Parsed]] = {
    DocumentType.TEXT: plain_text.parse,
    DocumentType.MARKDOWN: markdown.parse,
    DocumentType.HTML: html.parse,
    DocumentType.PDF: pdf.parse,
    DocumentType.DOCX: docx.parse,
    DocumentType.CSV: csv_table.parse,
    DocumentType.XLSX: xlsx.parse,
    DocumentType.JSON: json_records.parse,
    DocumentType.EMAIL: mail.parse,
}
"""How each file format is read."""

_GENRES: Mapping[DocumentType, Callable[[Parsed], Parsed]] = {
    DocumentType.CONTRACT: contract.arrange,
    DocumentType.POLICY: policy.arrange,
    DocumentType.FAQ: faq.arrange,
    DocumentType.CHAT: chat.arrange,
    DocumentType.INVOICE: invoice.arrange,
    DocumentType.SLIDES: slides.arrange,
}
"""How the blocks of each genre are arranged, whatever format carries it."""


def parse(
    data: bytes,
    type: DocumentType | None = None,  # noqa: A002 -- the word its callers know
    filename: str | None = None,
) -> Parsed:
    """Read a document.

    type: None detects it from the content and the file name. A genre, such as CONTRACT, may come in any format.
    Raises UnreadableDocument (with a reason from `Unreadable`) or UnsupportedType.
    """
    _check_size(data, LARGEST_DOCUMENT)
    found = type or detect(data, filename).type
    if found is DocumentType.CODE:
        return source_code.parse(data, filename)
    if found is DocumentType.SLIDES and data.startswith(b"PK"):
        parsed = slides.parse(data)
    elif found in _READERS:
        parsed = _parse_format(data, found)
    else:
        parsed = _parse_genre(data, found, detect_format(data, filename))
    blocks = captioned(parsed.text, parsed.blocks)
    return replace(parsed, blocks=blocks) if blocks != parsed.blocks else parsed


def _parse_genre(data: bytes, genre: DocumentType, file_format: DocumentType) -> Parsed:
    if genre is DocumentType.CHAT and file_format is DocumentType.TEXT:
        # Turns are not made of paragraphs, which are half of the work.
        return chat.parse(data)
    return _GENRES[genre](_parse_format(data, file_format))


def _parse_format(data: bytes, file_format: DocumentType) -> Parsed:
    _check_size(data, _LARGEST.get(file_format, LARGEST_DOCUMENT))
    return _READERS[file_format](data)


def _check_size(data: bytes, limit: int) -> None:
    if len(data) > limit:
        raise UnreadableDocument(
            Unreadable.TOO_LARGE,
            f"the document has {len(data):,} bytes; the limit is {limit:,}: split it before sending",
        )
