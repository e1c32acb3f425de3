"""Tokens that were used and may not be used again, in SQL: one memory for every process on the same database."""

from __future__ import annotations

import hashlib
import time
from concurrent.futures import Future
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from server.stores.moments import to_micros
from server.stores.schema import spent_tokens
from server.stores.writer import Transaction, Urgency, Writer

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT_LONGER = timedelta(hours=1)
"""How long a token is remembered after it expired: the clocks of several servers may be that far apart."""
FORGET_EVERY = 60.0
"""Seconds between two looks for what may be forgotten."""

_SPEND = {
    "sqlite": sqlite.insert(spent_tokens).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(spent_tokens).on_conflict_do_nothing(),
}
_FORGET = sa.delete(spent_tokens).where(spent_tokens.c.expires_at < sa.bindparam("before"))


class SqlSpentTokens:
    """Remembers tokens by a hash of their names, until some time after they expired."""

    def __init__(self, writer: Writer, clock: Callable[[], float] = time.monotonic) -> None:
        self._writer = writer
        self._clock = clock
        self._forgot_at = -FORGET_EVERY

    def spend(self, name: str, expires: float) -> Future[bool]:
        """Use a token that expires at `expires`, in seconds since 1970: True for the first of all who try, durably.

        Of two processes that try at once, one waits for the other. The future raises StoreFailure when it cannot be known.
        """
        row = {"token": hashlib.sha256(name.encode()).hexdigest(), "expires_at": int(expires * 1_000_000)}
        return self._writer.submit(lambda transaction: self._spend(transaction, row), Urgency.FIRST)

    def _spend(self, transaction: Transaction, row: dict[str, object]) -> bool:
        connection = transaction.connection
        if self._clock() - self._forgot_at >= FORGET_EVERY:
            connection.execute(_FORGET, {"before": to_micros(transaction.now - KEPT_LONGER)})
            self._forgot_at = self._clock()
        return connection.execute(_SPEND[connection.dialect.name], row).rowcount == 1
