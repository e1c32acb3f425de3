"""E-mail: who wrote to whom and about what, then the message, with quoted replies and the signature told apart."""

import re
from collections.abc import Iterator, Sequence
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from itertools import pairwise

from chunkers.composing import Composer
from chunkers.decoding import decode
from chunkers.document import ChunkKind, DocumentType, Parsed
from chunkers.errors import Unreadable, UnreadableDocument
from chunkers.html import compose_html

DEEPEST = 20
"""Messages inside messages, and parts inside parts."""

_QUOTED = "Quoted message"
_FIELDS = ("From", "To", "Cc", "Date", "Subject")
_ATTRIBUTION = re.compile(
    r"(?:^|\n)[^\S\n]*+(?:On\b[^\n]{5,200}(?:\n[^\n]{0,120})?\bwrote:"
    r"|-{3,80}\s{0,9}(?:Original|Forwarded) [Mm]essage\s{0,9}-{3}"
    r"|_{5,200}\s{1,9}From:|From:[^\n]+\n(?:Sent|Date):[^\n]+\n)"
)
_SIGNATURE = re.compile(
    r"\n-- ?\n|\n(?=(?:Best|Kind|Warm)? ?(?:regards|wishes|Regards|Cheers|Sincerely|Thanks)[^\n]{0,20}\n[^\n]{1,60}"
    r"(?:\n[^\n]{0,80}){0,8}+\s*+\Z)"
)
_AUTHOR = re.compile(
    r"From:[^\S\n]*[\"']?(?P<field>[^\n<\[\"'(]{1,60})|,\s(?P<said>[^\n,<]{2,60}?)\s*(?:<[^>\n]{0,80}>)?\s+wrote:"
)
_OPENING = 400
"""Characters at the start of a quoted message among which it says who wrote it."""

_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")


def parse(data: bytes) -> Parsed:
    """Parse an RFC 5322 message; the text is its main fields, its body and the text of messages attached to it.

    The plain body is taken where there is one, else the HTML one; other attachments are named.
    Raises UnreadableDocument (MALFORMED, NO_TEXT, TOO_DEEP).
    """
    try:
        message = BytesParser(policy=policy.default).parsebytes(data)
    except (MessageError, ValueError, LookupError, AttributeError, IndexError, TypeError, RecursionError) as error:
        raise UnreadableDocument(
            Unreadable.MALFORMED, f"not a readable e-mail: {type(error).__name__}: {error}"
        ) from None
    writer = _Writer()
    writer.message(message, 0)
    if not writer.composer.has_text:
        raise UnreadableDocument(Unreadable.NO_TEXT, "the message has neither header fields nor a text body")
    return writer.composer.parsed(DocumentType.EMAIL, _field(message, "Subject"), writer.warnings)


class _Writer:
    def __init__(self) -> None:
        self.composer = Composer()
        self.warnings: list[str] = []

    def message(self, message: EmailMessage, depth: int) -> None:
        """Write a message and those attached to it."""
        if depth > DEEPEST:
            raise UnreadableDocument(Unreadable.TOO_DEEP, f"messages are nested more than {DEEPEST} deep")
        fields = [f"{name}: {value}" for name in _FIELDS if (value := _field(message, name))]
        self.composer.paragraph("\n".join(fields), ChunkKind.RECORD)
        texts, attached, names = _parts(message)
        for text in texts:
            self._body(text)
        if names:
            self.composer.paragraph("Attachments: " + ", ".join(names), ChunkKind.RECORD)
        for one in attached:
            self.message(one, depth + 1)

    def _body(self, part: EmailMessage) -> None:
        text = self._text(part)
        starts = [found.start() for found in _ATTRIBUTION.finditer(text)]
        own = text[: starts[0]] if starts else text
        signature = _SIGNATURE.search(own)
        for paragraph in _PARAGRAPH.split(own[: signature.start()] if signature else own):
            if paragraph.lstrip().startswith(">"):
                self.composer.paragraph(paragraph, ChunkKind.QUOTE, _QUOTED)
            else:
                self.composer.paragraph(paragraph)
        if signature:
            self.composer.paragraph(own[signature.start() :], ChunkKind.SIGNATURE, "Signature")
        for start, end in pairwise([*starts, len(text)]):
            quoted = text[start:end]
            for paragraph in _PARAGRAPH.split(quoted):
                self.composer.paragraph(paragraph, ChunkKind.QUOTE, _quoted_from(quoted))

    def _text(self, part: EmailMessage) -> str:
        content = _content(part)
        if part.get_content_type() != "text/html":
            return content.replace("\r\n", "\n")
        try:
            return compose_html(content).text
        except UnreadableDocument as error:
            self.warnings.append(f"the HTML body was left out: {error}")
            return ""


def _quoted_from(quoted: str) -> str:
    """Return what every chunk of a quoted message is headed by, with its author where it names one."""
    author = _AUTHOR.search(quoted[:_OPENING])
    name = (author["field"] or author["said"]).strip() if author else ""
    return f"{_QUOTED} from {name}" if name else _QUOTED


def _parts(message: EmailMessage) -> tuple[list[EmailMessage], list[EmailMessage], list[str]]:
    """Return the text parts to read, the messages attached, and the names of all other attachments."""
    plain: list[EmailMessage] = []
    html: list[EmailMessage] = []
    attached: list[EmailMessage] = []
    names: list[str] = []
    for part in _leaves(message):
        content_type = part.get_content_type()
        name = _file_name(part)
        if content_type == "message/rfc822":
            attached.extend(one for one in _children(part) if isinstance(one, EmailMessage))
        elif name or not content_type.startswith("text/"):
            names.append(name or content_type)
        elif content_type == "text/html":
            html.append(part)
        else:
            plain.append(part)
    spoken = [part for part in plain if _content(part).strip()]
    return spoken or html, attached, names


def _leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    """Yield the parts that hold content, not looking into attached messages."""
    waiting: list[tuple[EmailMessage, int]] = [(message, 0)]
    while waiting:
        part, depth = waiting.pop()
        if depth > DEEPEST:
            raise UnreadableDocument(Unreadable.TOO_DEEP, f"parts are nested more than {DEEPEST} deep")
        if part.is_multipart() and part.get_content_type() != "message/rfc822":
            waiting.extend((child, depth + 1) for child in reversed(_children(part)))
        else:
            yield part


def _children(part: EmailMessage) -> Sequence[EmailMessage]:
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, EmailMessage)] if isinstance(payload, list) else []


def _content(part: EmailMessage) -> str:
    """Return a part's text, whatever its declared encoding claims."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload.strip():
        return ""
    try:
        return decode(payload, part.get_content_charset() or "").text
    except UnreadableDocument:
        return payload.decode("latin-1")


def _file_name(part: EmailMessage) -> str:
    try:
        return part.get_filename() or ""
    except (ValueError, LookupError, AttributeError, TypeError, IndexError):
        return "unnamed"


def _field(message: EmailMessage, name: str) -> str:
    """Return a header field as text; one that the standard library cannot parse comes as it was sent."""
    try:
        value = message.get(name)
    except (MessageError, ValueError, LookupError, AttributeError, TypeError, IndexError):
        value = next((raw for key, raw in message.raw_items() if key.lower() == name.lower()), "")
    return " ".join(str(value or "").encode("utf-8", "replace").decode().split())
