"""Tenants take turns."""

from __future__ import annotations

import asyncio

import pytest

from server.rpc.turns import Turns


async def _order(turns: Turns, tenants: str) -> str:
    """The order in which calls of the tenants get the one place, when they all wait for it."""
    order: list[str] = []

    async def call(tenant: str) -> None:
        await turns.take(tenant)
        order.append(tenant)
        turns.give_back()

    await turns.take("x")
    calls = [asyncio.ensure_future(call(tenant)) for tenant in tenants]
    await asyncio.sleep(0)
    turns.give_back()
    await asyncio.gather(*calls)
    return "".join(order)


async def test_one_tenant_with_many_calls_does_not_hold_up_the_others() -> None:
    """Each gets every second, or third, place; within a tenant, the first come go first."""
    assert await _order(Turns(1), "aaaaabbc") == "abcabaaa"


async def test_how_many_are_ahead_depends_on_whose_call_it_is() -> None:
    """One who has nothing waiting has only one call of each other tenant before it."""
    turns = Turns(1)
    await turns.take("x")
    waiting = [asyncio.ensure_future(turns.take(tenant)) for tenant in "aaab"]
    await asyncio.sleep(0)
    assert turns.full
    assert (turns.tenants, turns.waiting("a"), turns.waiting("c")) == (2, 3, 0)
    assert (turns.ahead("a"), turns.ahead("b"), turns.ahead("c")) == (4, 3, 2)
    for call in waiting:
        call.cancel()


@pytest.mark.parametrize("given_first", [True, False])
async def test_a_call_that_gives_up_takes_no_place_with_it(given_first: bool) -> None:
    """Whether it was still waiting or had just got its place."""
    turns = Turns(1)
    await turns.take("x")
    gone = asyncio.ensure_future(turns.take("a"))
    await asyncio.sleep(0)
    if given_first:
        turns.give_back()
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    if not given_first:
        turns.give_back()
    assert not turns.full
    assert turns.tenants == 0
