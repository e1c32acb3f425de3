"""How long superseded versions of documents stay readable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event

import structlog

from server.errors import GroundwireError
from server.stores.base import Documents

_log = structlog.get_logger(__name__)

_PAUSE = 3_600.0


@dataclass(frozen=True, slots=True)
class ForgetVersions:
    """Erases versions that were superseded longer than `history` ago; current versions stay, however old they are."""

    documents: Documents
    history: timedelta

    def __call__(self, stop: Event) -> int:
        """Erase what is due, and count it; ends early once `stop` is set. Raises StoreFailure."""
        before = datetime.now(UTC) - self.history
        total = 0
        while not stop.is_set() and (count := self.documents.forget(before).result()):
            total += count
        return total

    def every_hour(self, stop: Event) -> None:
        """Erase what is due now and every hour, until `stop` is set; what fails is tried again an hour later."""
        while not stop.is_set():
            try:
                if count := self(stop):
                    _log.info("versions_forgotten", versions=count)
            except GroundwireError as error:
                _log.warning("versions_not_forgotten", because=error.message)
            stop.wait(_PAUSE)
