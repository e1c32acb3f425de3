"""Page tokens: the position after which a list goes on, opaque to callers, checked when it comes back."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence

from server.errors import InvalidInput

LARGEST_PAGE = 1000


def encode_token(*position: str) -> str:
    """The token for a position in a list."""
    body = json.dumps(position, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(body).decode().rstrip("=")


def decode_token(token: str, parts: int) -> tuple[str, ...] | None:
    """The position that a token stands for, None for "" (the start). Raises InvalidInput for what is no token."""
    if not token:
        return None
    try:
        padded = token.encode("ascii") + b"=" * (-len(token) % 4)
        position: object = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise _not_a_token() from error
    if not isinstance(position, list) or len(position) != parts or not _all_text(position):
        raise _not_a_token()
    return tuple(position)


def checked_size(size: int, default: int) -> int:
    """How many items to list: `default` for 0. Raises InvalidInput outside 0 to 1000."""
    if not 0 <= size <= LARGEST_PAGE:
        raise InvalidInput("page_size", f"is {size}; it must be from 0 (the default, {default}) to {LARGEST_PAGE}")
    return size or default


def _all_text(position: Sequence[object]) -> bool:
    return all(isinstance(part, str) for part in position)


def _not_a_token() -> InvalidInput:
    return InvalidInput("page_token", "is not one that this list returned; send next_page_token as it came, or nothing")
