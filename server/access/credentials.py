"""What a call brings to show who makes it, and the seam to whoever can tell from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from server.domain import LOCAL_CALLER, Caller
from server.errors import Unauthenticated


@dataclass(frozen=True, slots=True)
class Credentials:
    """What came with a call, unverified but for the certificate.

    `authorization` is the header's value ("" if none came), `on_behalf_of` the end user's token, `certificate` the names in
    the client's certificate, which TLS has verified.
    """

    authorization: str = ""
    on_behalf_of: str = ""
    certificate: tuple[str, ...] = ()


class Authenticator(Protocol):
    """Tells who calls."""

    def __call__(self, credentials: Credentials) -> Caller:
        """The caller. Raises `Unauthenticated`, and `KeysOutdated` when new keys might tell.

        Blocks only for credentials with a user's token, which is used up by this; raises `StoreFailure` when it cannot be.
        """

    def refresh(self) -> None:
        """Fetch the keys again, unless that was just done; may take seconds."""


class KeysOutdated(Exception):
    """A token names a key that is not known yet: refresh, and try once more."""


class NobodyIdentified:
    """Takes everyone for the local caller: for servers that only their own machine can reach."""

    def __call__(self, credentials: Credentials) -> Caller:
        """The local caller. Raises `Unauthenticated` on behalf of a user, whose rights nobody would look at."""
        if credentials.on_behalf_of:
            raise Unauthenticated("a user's token, and callers are not identified")
        return LOCAL_CALLER

    def refresh(self) -> None:
        """Nothing to fetch."""
