"""Office files are ZIP archives of XML; this opens them without falling for a bomb."""

import struct
import zlib
from io import BytesIO
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

from chunkers.errors import Unreadable, UnreadableDocument, UnsupportedType

LARGEST_CONTENT = 512 * 1024 * 1024
"""Bytes of all entries together, unpacked."""

DEEPEST = 2_000
"""Elements inside elements of one XML entry."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


class Archive:
    """An opened office file whose XML entries can be read by name.

    Raises UnreadableDocument (ENCRYPTED, TRUNCATED, MALFORMED, TOO_LARGE, TOO_DEEP) or UnsupportedType.
    """

    def __init__(self, data: bytes) -> None:
        if data.startswith(_OLE):
            raise _ole(data)
        try:
            self._zip = ZipFile(BytesIO(data))
        except (BadZipFile, struct.error, ValueError, OSError) as error:
            reason = Unreadable.TRUNCATED if data.startswith(b"PK") else Unreadable.MALFORMED
            raise UnreadableDocument(reason, f"not a whole ZIP archive ({error}); send the file again") from None
        size = sum(entry.file_size for entry in self._zip.infolist())
        if size > LARGEST_CONTENT:
            raise UnreadableDocument(
                Unreadable.TOO_LARGE,
                f"{len(data):,} bytes unpack to {size:,}; the limit is {LARGEST_CONTENT:,}: split the document",
            )
        if any(entry.flag_bits & 1 for entry in self._zip.infolist()):
            raise UnreadableDocument(Unreadable.ENCRYPTED, "the archive is encrypted; send it without a password")

    def names(self) -> list[str]:
        """Return the names of the entries."""
        return self._zip.namelist()

    def content(self, name: str) -> bytes | None:
        """Return an entry's bytes, or None if there is no such entry."""
        if name not in self._zip.NameToInfo:
            return None
        try:
            return self._zip.read(name)
        except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error) as error:
            raise UnreadableDocument(Unreadable.TRUNCATED, f"{name} cannot be unpacked: {error}") from None

    def xml(self, name: str) -> ElementTree.Element | None:
        """Return the root element of an XML entry, or None if there is no such entry.

        Tags come without their namespace, so that the strict and the transitional form of ECMA-376 read alike.
        """
        content = self.content(name)
        if content is None:
            return None
        if b"<!DOCTYPE" in content:
            raise UnreadableDocument(Unreadable.MALFORMED, f"{name} declares a document type, which ECMA-376 forbids")
        try:
            root = ElementTree.fromstring(content)  # noqa: S314 -- entities are refused above
        except ElementTree.ParseError as error:
            raise UnreadableDocument(Unreadable.MALFORMED, f"{name} is not XML: {error}") from None
        _drop_namespaces(root, name)
        return root


def _drop_namespaces(root: ElementTree.Element, name: str) -> None:
    waiting = [(root, 1)]
    while waiting:
        element, depth = waiting.pop()
        if depth > DEEPEST:
            raise UnreadableDocument(Unreadable.TOO_DEEP, f"{name} is nested more than {DEEPEST} elements deep")
        element.tag = element.tag.rpartition("}")[2]
        element.attrib = {key.rpartition("}")[2]: value for key, value in element.attrib.items()}
        waiting.extend((child, depth + 1) for child in element)


def _ole(data: bytes) -> UnreadableDocument | UnsupportedType:
    if _ENCRYPTED_PACKAGE in data:
        return UnreadableDocument(Unreadable.ENCRYPTED, "the document is encrypted; send it without a password")
    return UnsupportedType("a binary Office file of before 2007; save it as .docx, .xlsx or .pptx")
