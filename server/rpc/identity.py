"""Who makes a call, and whether they may: decided before the request is read, and known to the handler from then on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar

import structlog

from server.access.credentials import Authenticator, Credentials, KeysOutdated
from server.domain import Caller
from server.errors import PermissionDenied, Unauthenticated
from server.rpc.interceptors import Call, Context, Interceptor
from server.rpc.permissions import PERMISSIONS

log = structlog.get_logger("groundwire.rpc")

AUTHORIZATION = "authorization"
ON_BEHALF_OF = "on-behalf-of"

_SPENDING = 16
"""Users' tokens that are checked at once: each waits until it is recorded as used, and shares the commit with the others."""

_CALLER: ContextVar[Caller] = ContextVar("caller")


def current_caller() -> Caller:
    """Who makes the call that is being handled. Raises LookupError outside of one, and in methods open to everyone."""
    return _CALLER.get()


def current_tenant() -> str:
    """Whose call is being handled; "" outside of one."""
    caller = _CALLER.get(None)
    return "" if caller is None else caller.tenant


@contextmanager
def calling(caller: Caller) -> Iterator[None]:
    """What runs within is a call of this caller."""
    token = _CALLER.set(caller)
    try:
        yield
    finally:
        _CALLER.reset(token)


def note_refusal(caller: Caller, method: str) -> None:
    """Leave it at the line in the log."""
    del caller, method


def identify(authenticator: Authenticator, refused: Callable[[Caller, str], None] = note_refusal) -> Interceptor:
    """An interceptor that lets no call through whose caller is unknown or lacks the method's permission.

    `refused` hears of the latter, with the method; it must not block.
    """
    spending = ThreadPoolExecutor(_SPENDING, thread_name_prefix="identity")

    @asynccontextmanager
    async def identified(call: Call) -> AsyncIterator[None]:
        required = PERMISSIONS[call.method]
        if required is None:
            yield
            return
        caller = await _authenticated(authenticator, call, spending)
        if not caller.may(required):
            log.info(
                "caller refused", method=call.method, because=f"{caller.subject} has not the permission {required}"
            )
            refused(caller, call.method)
            raise PermissionDenied
        with calling(caller):
            yield

    return identified


async def _authenticated(authenticator: Authenticator, call: Call, spending: ThreadPoolExecutor) -> Caller:
    credentials = _credentials(call.context)
    try:
        try:
            return await _asked(authenticator, credentials, spending)
        except KeysOutdated:
            await asyncio.to_thread(authenticator.refresh)
            return await _asked(authenticator, credentials, spending)
    except KeysOutdated:
        log.info("caller refused", method=call.method, because="the token's key is not known")
        raise Unauthenticated from None
    except Unauthenticated as error:
        log.info("caller refused", method=call.method, because=error.because)
        raise


async def _asked(authenticator: Authenticator, credentials: Credentials, spending: ThreadPoolExecutor) -> Caller:
    """What the authenticator says; on a thread where it has to write, since every other call waits for the event loop."""
    if not credentials.on_behalf_of:
        return authenticator(credentials)
    return await asyncio.get_running_loop().run_in_executor(spending, authenticator, credentials)


def _credentials(context: Context) -> Credentials:
    """What the metadata and the connection say; a header that comes twice counts as one that nobody can trust."""
    headers: dict[str, list[str]] = {AUTHORIZATION: [], ON_BEHALF_OF: []}
    for name, value in context.invocation_metadata() or ():
        if name in headers:
            headers[name].append(value if isinstance(value, str) else "")
    for name, values in headers.items():
        if len(values) > 1:
            raise Unauthenticated(f"{len(values)} headers {name}")
    peer = context.auth_context()
    names = [*peer.get("x509_subject_alternative_name", ()), *peer.get("x509_common_name", ())]
    return Credentials(
        authorization="".join(headers[AUTHORIZATION]),
        on_behalf_of="".join(headers[ON_BEHALF_OF]),
        certificate=tuple(name.decode(errors="replace") for name in names),
    )
