"""Places for calls to run in, for which tenants that wait take turns: one with many calls does not hold up the others."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque


class Turns:
    """A number of places; used on one event loop."""

    def __init__(self, places: int) -> None:
        self._free = places
        # By tenant, the one whose turn is next in front.
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @property
    def full(self) -> bool:
        """Whether a call would have to wait."""
        return self._free == 0

    @property
    def tenants(self) -> int:
        """How many tenants have calls that wait."""
        return len(self._waiting)

    def waiting(self, tenant: str) -> int:
        """How many calls of a tenant wait."""
        return len(self._waiting.get(tenant, ()))

    def ahead(self, tenant: str) -> int:
        """How many calls would get a place before a new one of the tenant."""
        own = self.waiting(tenant)
        return sum(min(len(calls), own + 1) if name != tenant else own for name, calls in self._waiting.items())

    async def take(self, tenant: str) -> None:
        """Return once there is a place for a call of the tenant, which is then its own."""
        if self._free:
            self._free -= 1
            return
        place = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(tenant, deque()).append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                # The place came in the same moment as the cancellation: it is for somebody else.
                self.give_back()
            else:
                self._leave(tenant, place)
            raise

    def give_back(self) -> None:
        """Let the next call have the place."""
        while self._waiting:
            tenant, calls = next(iter(self._waiting.items()))
            place = calls.popleft()
            self._waiting.move_to_end(tenant)
            if not calls:
                del self._waiting[tenant]
            if not place.done():
                place.set_result(None)
                return
        self._free += 1

    def _leave(self, tenant: str, place: asyncio.Future[None]) -> None:
        calls = self._waiting.get(tenant)
        if calls is not None and place in calls:
            calls.remove(place)
            if not calls:
                del self._waiting[tenant]
