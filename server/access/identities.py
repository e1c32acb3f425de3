"""Who calls: the bearer of a client's key or of a token, or the owner of a certificate; for itself or on behalf of a user."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from server.access.clients import PREFIX, Clients
from server.access.credentials import Credentials
from server.access.rules import same_region
from server.access.tenants import Tenants
from server.access.tokens import Tokens
from server.domain import Caller
from server.errors import PermissionDenied, Unauthenticated

_SCHEME = "bearer "


class Identities:
    """Tells callers by tokens, by the clients that the operator lists, or by both; None for what is not set up."""

    def __init__(
        self,
        tokens: Tokens | None,
        clients: Callable[[], Clients] | None,
        server_region: str = "",
        tenants: Callable[[], Tenants] = Tenants,
    ) -> None:
        self._tokens = tokens
        self._clients = clients
        self._tenants = tenants
        self._region = server_region

    def __call__(self, credentials: Credentials) -> Caller:
        """The caller. Raises `Unauthenticated`, `KeysOutdated`, `StoreFailure`, and `PermissionDenied` for another region."""
        caller = self._caller(credentials)
        if credentials.on_behalf_of:
            if self._tokens is None:
                raise Unauthenticated("a user's token, and no issuer is set up")
            caller = replace(caller, on_behalf_of=self._tokens.user(credentials.on_behalf_of, caller))
        tenants_region = self._tenants().of(caller.tenant).region
        for region in (tenants_region, *(principal.region for principal in caller.principals)):
            for where, kept in (("server", self._region), ("tenant", tenants_region)):
                if not same_region(region, kept):
                    raise PermissionDenied(
                        f"this {where} is for callers of the region {kept!r}, and not {region!r}",
                        reason="REGION_REFUSED",
                    )
        return caller if caller.region else replace(caller, region=tenants_region)

    def refresh(self) -> None:
        """Fetch the keys of tokens again."""
        if self._tokens is not None:
            self._tokens.refresh()

    def _caller(self, credentials: Credentials) -> Caller:
        header = credentials.authorization
        if not header:
            return self._listed().with_certificate(credentials.certificate)
        if not header.lower().startswith(_SCHEME):
            raise Unauthenticated("an authorization header of another scheme than Bearer")
        bearer = header[len(_SCHEME) :].strip()
        if bearer.startswith(f"{PREFIX}_"):
            return self._listed().with_key(bearer)
        if self._tokens is None:
            raise Unauthenticated("a token, and no issuer is set up")
        return self._tokens.caller(bearer)

    def _listed(self) -> Clients:
        if self._clients is None:
            raise Unauthenticated("a key or a certificate, or nothing at all, and no clients are listed")
        return self._clients()
