"""An interceptor that keeps every tenant to its quotas."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.access.quotas import CallQuotas
from server.rpc.identity import current_tenant
from server.rpc.interceptors import Call, Interceptor
from server.rpc.permissions import PERMISSIONS


def within_quotas(quotas: CallQuotas) -> Interceptor:
    """To be placed after the one that identifies callers; methods open to everyone are nobody's."""

    @asynccontextmanager
    async def kept(call: Call) -> AsyncIterator[None]:
        if PERMISSIONS[call.method] is None:
            yield
            return
        with quotas.call(current_tenant()):
            yield

    return kept
