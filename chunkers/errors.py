"""What can go wrong between bytes and chunks.

    ChunkerError
    ├── UnsupportedType       the bytes are of a type that no chunker reads
    ├── UnreadableDocument    the type is known, but this document cannot be read; `reason` says why
    └── InvalidLimits         the limits asked for cannot be met

Every error carries a machine-readable `reason` and a message that says what was found and what would be right.
"""

from enum import StrEnum


class Unreadable(StrEnum):
    """Why a document of a known type could not be read."""

    EMPTY = "EMPTY"
    ENCRYPTED = "ENCRYPTED"
    TRUNCATED = "TRUNCATED"
    MALFORMED = "MALFORMED"
    NO_TEXT = "NO_TEXT"
    TOO_LARGE = "TOO_LARGE"
    TOO_DEEP = "TOO_DEEP"
    TOO_SLOW = "TOO_SLOW"
    BAD_ENCODING = "BAD_ENCODING"


class ChunkerError(Exception):
    """The root of everything this package raises on purpose."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class UnsupportedType(ChunkerError):
    """The bytes are of a type that no chunker reads, such as an image or an old binary .doc."""

    def __init__(self, message: str) -> None:
        super().__init__("UNSUPPORTED_TYPE", message)


class UnreadableDocument(ChunkerError):
    """The document cannot be read as its type."""

    def __init__(self, reason: Unreadable, message: str) -> None:
        super().__init__(reason.value, message)


class InvalidLimits(ChunkerError, ValueError):
    """The limits contradict each other, or the token counter cannot meet them."""

    def __init__(self, message: str) -> None:
        super().__init__("INVALID_LIMITS", message)
