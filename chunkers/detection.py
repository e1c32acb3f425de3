"""Which type a document is of, told from its content first and its file name second."""

import json
import re
from io import BytesIO
from pathlib import PurePath
from typing import NamedTuple
from zipfile import BadZipFile, ZipFile

from chunkers import chat, csv_table, faq
from chunkers.decoding import decode
from chunkers.document import DocumentType
from chunkers.errors import UnreadableDocument, UnsupportedType

_SAMPLE = 64 * 1024
_WHOLE_JSON = 4 * 1024 * 1024
"""JSON up to this size is parsed to be sure; of larger input only the beginning is looked at."""

_OFFICE_PARTS = {"word/": DocumentType.DOCX, "xl/": DocumentType.XLSX, "ppt/": DocumentType.SLIDES}
_PICTURES_AND_SUCH = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"II*\x00": "a TIFF picture",
    b"MM\x00*": "a TIFF picture",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"SQLite format 3": "a SQLite database",
    b"{\\rtf": "an RTF document",
}
_SUFFIXES = {
    ".txt": DocumentType.TEXT,
    ".text": DocumentType.TEXT,
    ".md": DocumentType.MARKDOWN,
    ".markdown": DocumentType.MARKDOWN,
    ".html": DocumentType.HTML,
    ".htm": DocumentType.HTML,
    ".xhtml": DocumentType.HTML,
    ".csv": DocumentType.CSV,
    ".tsv": DocumentType.CSV,
    ".json": DocumentType.JSON,
    ".jsonl": DocumentType.JSON,
    ".ndjson": DocumentType.JSON,
    ".eml": DocumentType.EMAIL,
}
_CODE_SUFFIXES = frozenset(
    (
        ".py .pyi .js .mjs .cjs .jsx .ts .tsx .java .go .rs .c .h .cc .cpp .hpp .cs .rb .php .swift .kt .scala .sh "
        ".sql .r .lua .pl .m .dart .ex .hs .ps1"
    ).split()
)
_HEADER_FIELD = re.compile(r"(?:From [^\n]+|[A-Za-z][A-Za-z0-9-]{1,40}:[^\n]*|[ \t]+\S[^\n]*)\r?(?:\n|$)")
_MAIL_FIELDS = re.compile(
    r"^(?:from|to|cc|subject|date|received|message-id|return-path|mime-version|delivered-to|reply-to|x-[\w-]+):",
    re.IGNORECASE | re.MULTILINE,
)
_HTML = re.compile(r"<!doctype\s+html|<html[\s>]|<(?:head|body)[\s>]", re.IGNORECASE)
_HTML_TAGS = re.compile(r"</(?:p|div|span|table|tr|td|li|ul|h[1-6]|a)>", re.IGNORECASE)
_MARKDOWN_SIGNS = re.compile(
    r"^#{1,6} \S|^(?:```|~~~)|^\|.*\|[^\S\n]*$|\*\*[^\s*][^*\n]{0,200}\*\*|"
    r"\[[^\]\n]{1,200}\]\([^)\n]{1,400}\)|^[*-] \S|^> \S|\A---\r?\n",
    re.MULTILINE,
)
_CODE_SIGNS = re.compile(
    r"^[^\S\n]*+(?:def \w+\([^\n]{0,200}\)[^\n]{0,80}:|class \w+[^\n]{0,80}[:{]|import [\w.{*]+|"
    r"from [\w.]+ import |#include\s*[<\"]|package \w+|func \w+\(|fn \w+|"
    r"(?:public|private|protected|static|const|let|var|export)\s+\w+|return\b.*|"
    r"if ?\([^\n]{0,200}\) ?\{|for ?\(.*|\}|\};|[^\n]{0,200};[^\S\n]{0,8}(?://.*)?|"
    r"elif [^\n]{0,200}:|else:|try:|@\w+.*)[^\S\n]*$",
    re.MULTILINE,
)
_CONTRACT_WORDS = re.compile(
    r"\b(?:agreement|hereby|herein|hereto|thereof|party|parties|shall|governing law|indemnif\w+|terminat\w+|confidential|"
    r"liabilit\w+|warrant\w+|obligations?|licensor|licensee|lessor|lessee|whereas|in witness whereof)\b",
    re.IGNORECASE,
)
_CONTRACT_CLAUSE = re.compile(
    r"^[^\S\n]*+[*_#>]*+[^\S\n]*+(?:(?:article|section|clause)\s+[\dIVX]+|\d{1,2}(?:\.\d{1,2})*[.)])\s+\S",
    re.IGNORECASE | re.MULTILINE,
)
_CONTRACT_TITLE = re.compile(
    r"\b(?:agreement|contract|terms (?:of service|and conditions)|addendum|deed|lease|standard terms)\b", re.IGNORECASE
)
_POLICY_TITLE = re.compile(
    r"\b(?:polic(?:y|ies)|handbook|code of conduct|guidelines?|privacy (?:statement|notice)|rules of)\b", re.IGNORECASE
)
_INVOICE_TITLE = re.compile(r"\b(?:invoice|receipt|bill to|purchase order|credit note|quotation)\b", re.IGNORECASE)
_INVOICE_WORDS = re.compile(
    r"\b(?:invoice (?:no|number|date|#)|due date|subtotal|sub-total|total(?: due)?|amount due|vat|tax|unit price|qty|"
    r"quantity|bill to|iban)\b",
    re.IGNORECASE,
)
_SLIDE = re.compile(r"^(?:#+ )?slide \d+\b|\f", re.IGNORECASE | re.MULTILINE)


class Detection(NamedTuple):
    """A document type, the confidence in it from 0 to 1, and the evidence in one sentence."""

    type: DocumentType
    confidence: float
    why: str


def detect(data: bytes, filename: str | None = None) -> Detection:
    """Return the most likely type; plain text is what remains when nothing else fits.

    The confidence is a judgement about the rule that matched, not a calibrated probability.
    Raises UnsupportedType for pictures, programs and archives, UnreadableDocument for text in no known encoding.
    """
    binary = _binary(data)
    if binary:
        return binary
    text = _sample_text(data)
    suffix = PurePath(filename or "").suffix.lower()
    return _format(data, text, suffix) or _genre(text) or _by_name(text, suffix)


def detect_format(data: bytes, filename: str | None = None) -> DocumentType:
    """Return the file format that carries a document of a known genre: text, Markdown, HTML, PDF, DOCX or e-mail."""
    binary = _binary(data)
    if binary and binary.type in {DocumentType.PDF, DocumentType.DOCX, DocumentType.XLSX}:
        return binary.type
    text = _sample_text(data)
    suffix = PurePath(filename or "").suffix.lower()
    carrier = _mail_or_page(text, suffix)
    return carrier.type if carrier else _marked_up(text, suffix)


def _binary(data: bytes) -> Detection | None:
    if b"%PDF-" in data[:1024]:
        return Detection(DocumentType.PDF, 1.0, "a %PDF- header")
    if data.startswith(b"PK\x03\x04"):
        return _zipped(data)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return Detection(DocumentType.DOCX, 0.5, "an OLE container: an encrypted or an old Office file")
    for mark, name in _PICTURES_AND_SUCH.items():
        if data.startswith(mark):
            raise UnsupportedType(f"this is {name}; send text, HTML, PDF, DOCX, XLSX, PPTX, CSV, JSON or an e-mail")
    return None


def _zipped(data: bytes) -> Detection:
    try:
        names = ZipFile(BytesIO(data)).namelist()
    except (BadZipFile, ValueError, OSError):
        names = [name for name in _OFFICE_PARTS if name.encode() in data[:_SAMPLE]]
    for part, office_type in _OFFICE_PARTS.items():
        if any(name.startswith(part) for name in names):
            return Detection(office_type, 1.0, f"a ZIP archive with {part} inside")
    raise UnsupportedType("this is a ZIP archive but no DOCX, XLSX or PPTX; unpack it and send the files")


def _sample_text(data: bytes) -> str:
    """Return the beginning of the text, cut where no character is torn."""
    sample = data[:_SAMPLE]
    for cut in range(4):
        try:
            return sample[: len(sample) - cut].decode()
        except UnicodeDecodeError as error:
            if error.start < len(sample) - 4:
                break
    return decode(data).text[:_SAMPLE]


def _format(data: bytes, text: str, suffix: str) -> Detection | None:
    """Return a format that its own syntax gives away."""
    start = text.lstrip()
    if start[:1] in {"{", "["} and _is_json(data, start):
        return Detection(DocumentType.JSON, 0.98, "it parses as JSON")
    if carrier := _mail_or_page(text, suffix):
        return carrier
    if suffix in _CODE_SUFFIXES or start.startswith("#!"):
        return Detection(DocumentType.CODE, 0.95, f"a program's file name ({suffix}) or its #! line")
    if suffix in {".csv", ".tsv"}:
        return Detection(DocumentType.CSV, 0.9, "a table's file name")
    if suffix not in {".md", ".markdown"}:
        return _table(text) or _code(text)
    return None


def _mail_or_page(text: str, suffix: str) -> Detection | None:
    if _is_mail(text) or suffix == ".eml":
        return Detection(DocumentType.EMAIL, 0.95, "header fields of an e-mail at the start")
    if _HTML.search(text.lstrip()[:2_000]) or (suffix in {".html", ".htm", ".xhtml"} and _HTML_TAGS.search(text)):
        return Detection(DocumentType.HTML, 0.97, "HTML tags at the start")
    return None


def _is_json(data: bytes, start: str) -> bool:
    if len(data) > _WHOLE_JSON:
        return bool(re.match(r'[{\[]\s*(?:["{\[\]}]|-?\d|true|false|null)', start))
    try:
        lines = decode(data).text.strip()
        json.loads(lines if "\n" not in lines or not lines.startswith("{") else _first_json(lines))
    except (json.JSONDecodeError, UnreadableDocument, RecursionError):
        return bool(re.match(r'(?:\{\s*"[^"\n]*"\s*:|\[\s*(?:\{\s*"|\[|"[^"\n]*"\s*[,\]]|-?\d[\d.]*\s*,))', start))
    return True


def _first_json(lines: str) -> str:
    """Return the first JSON value of what may be JSON Lines."""
    _, end = json.JSONDecoder().raw_decode(lines)
    return lines[:end]


def _is_mail(text: str) -> bool:
    position, fields = 0, 0
    while (line := _HEADER_FIELD.match(text, position)) and fields < 200:
        position, fields = line.end(), fields + 1
    return len({name.lower() for name in _MAIL_FIELDS.findall(text[:position])}) >= 3


def _table(text: str) -> Detection | None:
    lines = [line for line in text[:20_000].splitlines()[:-1] if line.strip()]
    width, share = csv_table.evenness(text)
    wordy = sum(len(line) for line in lines) > 400 * max(1, len(lines)) or any(line.endswith(". ") for line in lines)
    if len(lines) >= 3 and width >= (3 if csv_table.delimiter(text) == "," else 2) and share >= 0.95 and not wordy:
        return Detection(DocumentType.CSV, 0.6 + share * 0.3, f"{share:.0%} of the rows have {width} columns")
    return None


def _code(text: str) -> Detection | None:
    lines = [line for line in text.splitlines() if line.strip()]
    signs = len(_CODE_SIGNS.findall(text))
    if len(lines) >= 5 and signs >= 0.4 * len(lines):
        return Detection(DocumentType.CODE, 0.7, f"{signs} of {len(lines)} lines read as code")
    return None


def _genre(text: str) -> Detection | None:
    """Return a genre that the wording gives away, the surest one."""
    found = [
        one for one in (_chat(text), _faq(text), _contract(text), _policy(text), _invoice(text), _slides(text)) if one
    ]
    return max(found, key=lambda one: one.confidence, default=None)


def _chat(text: str) -> Detection | None:
    share = chat.share_of_turns(text)
    return (
        Detection(DocumentType.CHAT, 0.5 + share / 2, f"{share:.0%} of the lines open a turn") if share > 0.4 else None
    )


def _faq(text: str) -> Detection | None:
    count = faq.questions(text)
    paragraphs = max(1, len(re.findall(r"\n[^\S\n]*+\n", text)))
    named = re.search(r"\bfaqs?\b|frequently asked", text[:500], re.IGNORECASE) is not None
    if count >= 3 and (named or count * 5 >= paragraphs):
        return Detection(DocumentType.FAQ, 0.9 if named else 0.75, f"{count} questions stand alone")
    return None


def _contract(text: str) -> Detection | None:
    words = len(text.split())
    signs, clauses = len(_CONTRACT_WORDS.findall(text)), len(_CONTRACT_CLAUSE.findall(text))
    titled = _CONTRACT_TITLE.search(text[:400]) is not None
    if words >= 60 and clauses >= 4 and signs * 40 >= words:
        confidence = 0.9 if titled else 0.75
        return Detection(
            DocumentType.CONTRACT, confidence, f"{clauses} numbered clauses and {signs} words of contracts"
        )
    return None


def _policy(text: str) -> Detection | None:
    title = _POLICY_TITLE.search(text[:200])
    return Detection(DocumentType.POLICY, 0.8, f"{title[0]!r} in the title") if title and len(text) > 300 else None


def _invoice(text: str) -> Detection | None:
    signs = {sign.lower() for sign in _INVOICE_WORDS.findall(text)}
    if _INVOICE_TITLE.search(text[:600]) and len(signs) >= 3:
        return Detection(DocumentType.INVOICE, 0.85, f"words of an invoice: {', '.join(sorted(signs))}")
    return None


def _slides(text: str) -> Detection | None:
    count = len(_SLIDE.findall(text))
    return Detection(DocumentType.SLIDES, 0.7, f"{count} marks between slides") if count >= 2 else None


def _by_name(text: str, suffix: str) -> Detection:
    marked = _marked_up(text, suffix)
    if marked is DocumentType.MARKDOWN:
        return Detection(marked, 0.8, "Markdown's marks, or its file name")
    named = _SUFFIXES.get(suffix)
    return Detection(
        named or marked, 0.6 if named else 0.5, f"the file name ends in {suffix}" if named else "no other fits"
    )


def _marked_up(text: str, suffix: str) -> DocumentType:
    if suffix in {".md", ".markdown"}:
        return DocumentType.MARKDOWN
    kinds = {sign.lstrip()[:1] for sign in _MARKDOWN_SIGNS.findall(text)}
    marked = "#" in kinds or len(kinds) >= 3
    return DocumentType.MARKDOWN if marked and suffix not in {".txt", ".text"} else DocumentType.TEXT
