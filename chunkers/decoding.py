"""From bytes to text, with the encoding found out and never guessed in silence."""

import codecs
import re
from typing import NamedTuple

from charset_normalizer import from_bytes

from chunkers.errors import Unreadable, UnreadableDocument

_SAMPLE = 64 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


class Decoded(NamedTuple):
    """Text, and a sentence on the doubt with which it was read."""

    text: str
    warnings: tuple[str, ...]


def decode(data: bytes, declared: str = "") -> Decoded:
    """Decode by byte order mark, else as UTF-8, else as declared, else by the encoding that fits the bytes best.

    declared: an encoding that the document names itself. A byte order mark is dropped; nothing else changes, line ends included.
    Raises UnreadableDocument (EMPTY, BAD_ENCODING), naming the first byte that does not fit.
    """
    if not data.strip(b"\x00 \t\r\n"):
        raise UnreadableDocument(Unreadable.EMPTY, f"the document's {len(data)} bytes hold no text")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Decoded(_strict(data, encoding), ())
    try:
        return Decoded(_plausible(data.decode()), ())
    except UnicodeDecodeError as error:
        return _declared(data, declared) or _guess(data, error)


def _strict(data: bytes, encoding: str) -> str:
    try:
        return _plausible(data.decode(encoding))
    except UnicodeDecodeError as error:
        raise UnreadableDocument(
            Unreadable.BAD_ENCODING,
            f"the byte order mark says {encoding}, but the byte at {error.start} does not fit: {error.reason}",
        ) from None


def _declared(data: bytes, encoding: str) -> Decoded | None:
    try:
        return Decoded(_plausible(data.decode(encoding)), ()) if encoding else None
    except (LookupError, ValueError):
        return None


def _guess(data: bytes, error: UnicodeDecodeError) -> Decoded:
    found = from_bytes(data[max(0, error.start - _SAMPLE // 2) : error.start + _SAMPLE // 2]).best()
    try:
        text = data.decode(found.encoding) if found else ""
    except UnicodeDecodeError:
        text = ""
    if not text:
        raise UnreadableDocument(
            Unreadable.BAD_ENCODING,
            f"the byte 0x{data[error.start]:02x} at {error.start} is not UTF-8, and no other encoding fits; send UTF-8",
        )
    encoding = found.encoding if found else ""
    return Decoded(_plausible(text), (f"not UTF-8 (byte {error.start}); read as {encoding}",))


def _plausible(text: str) -> str:
    """Return the text unless control characters show that it is binary data."""
    sample = text[:_SAMPLE]
    controls = len(_CONTROL.findall(sample))
    if controls > max(4, len(sample) // 200):
        raise UnreadableDocument(
            Unreadable.BAD_ENCODING,
            f"{controls} of the first {len(sample)} characters are control characters: binary data, or UTF-16 or "
            "UTF-32 without a byte order mark; send UTF-8 text",
        )
    return text
