"""How much of the service each tenant may use, so that none of them takes it from the others."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from server.access.tenants import Tenants
from server.errors import Overloaded

_MEASURED_FOR = 10.0
_SHORTEST_RETRY = 0.05
_STORAGE_RETRY = 60.0


class CallQuotas:
    """Calls per second, as a token bucket of one second's worth, and calls under way at once; safe from many threads."""

    def __init__(self, tenants: Callable[[], Tenants], clock: Callable[[], float] = time.monotonic) -> None:
        self._tenants = tenants
        self._clock = clock
        self._saved: dict[str, tuple[float, float]] = {}
        self._under_way = Counter[str]()
        self._lock = Lock()

    @contextmanager
    def call(self, tenant: str) -> Iterator[None]:
        """One call of a tenant. Raises `Overloaded` with the time after which it would not be too many."""
        limits = self._tenants().of(tenant)
        with self._lock:
            if limits.concurrent_calls is not None and self._under_way[tenant] >= limits.concurrent_calls:
                raise Overloaded(
                    f"the tenant has {limits.concurrent_calls} calls under way, and may have no more",
                    reason="TENANT_CONCURRENCY",
                    retry_after=_SHORTEST_RETRY,
                )
            if limits.calls_per_second is not None:
                self._spend(tenant, limits.calls_per_second)
            self._under_way[tenant] += 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way[tenant] -= 1
                if not self._under_way[tenant]:
                    del self._under_way[tenant]

    def _spend(self, tenant: str, rate: float) -> None:
        now = self._clock()
        most = max(1.0, rate)
        saved, at = self._saved.get(tenant, (most, now))
        saved = min(most, saved + (now - at) * rate)
        if saved < 1:
            raise Overloaded(
                f"the tenant may make {rate:g} calls a second",
                reason="TENANT_RATE",
                retry_after=max((1 - saved) / rate, _SHORTEST_RETRY),
            )
        self._saved[tenant] = (saved - 1, now)


class StorageQuota:
    """Bytes that a tenant's documents take: measured now and then, and counted in between; safe from many threads."""

    def __init__(
        self,
        tenants: Callable[[], Tenants],
        measure: Callable[[str], int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tenants = tenants
        self._measure = measure
        self._clock = clock
        self._known: dict[str, tuple[int, float]] = {}
        self._lock = Lock()

    def take(self, tenant: str, size: int) -> None:
        """Count `size` more bytes. Raises `Overloaded` when that would be too many."""
        limit = self._tenants().of(tenant).stored_bytes
        if limit is None:
            return
        with self._lock:
            stored, at = self._known.get(tenant, (0, -_MEASURED_FOR))
            if self._clock() - at >= _MEASURED_FOR or stored + size > limit:
                stored, at = self._measure(tenant), self._clock()
            if stored + size > limit:
                self._known[tenant] = (stored, at)
                raise Overloaded(
                    f"the tenant's documents may take {limit} bytes; they take {stored}, and {size} more were sent",
                    reason="TENANT_STORAGE",
                    retry_after=_STORAGE_RETRY,
                )
            self._known[tenant] = (stored + size, at)
