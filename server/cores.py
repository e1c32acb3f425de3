"""On which cores threads run, and which go first.

Those that run Python share one core, those that run models, read files or serve connections have all of them.

The interpreter's lock lets one thread run at a time. On several cores, threads that hand it to each other wait to be woken, and
find nothing of theirs in the caches of the core that they come to; on one core, the next just goes on (docs/benchmarks.md has the
figures). Linux alone can be told so.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import get_native_id

MOST_CORES = 4
"""Of so many cores one is set apart unless a setting says otherwise; with more, large searches, which run without the lock for
most of their time, would miss them."""

# An empty set where a process cannot choose.
_GIVEN = frozenset(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else frozenset[int]()


def share_one_core(most: int | None = MOST_CORES) -> None:
    """Keep the calling thread, and all that it starts from now on, to one core.

    Does nothing where the process has only one or more than `most` (None: any number).
    """
    if len(_GIVEN) > 1 and (most is None or len(_GIVEN) <= most):
        # Several servers on one machine should not all choose the same.
        _keep_to({sorted(_GIVEN)[os.getpid() % len(_GIVEN)]})


def use_every_core() -> None:
    """Let the calling thread run on all the cores that the process was given."""
    if _GIVEN:
        _keep_to(_GIVEN)


@contextmanager
def every_core() -> Iterator[None]:
    """All the cores that the process was given, for the calling thread and the processes that it starts in the block."""
    if not _GIVEN:
        yield
        return
    before = os.sched_getaffinity(0)
    _keep_to(_GIVEN)
    try:
        yield
    finally:
        _keep_to(before)


def give_way(niceness: int) -> None:
    """Let other threads go before the calling one: a niceness of its own, up to 19, which Linux alone has for threads."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, get_native_id(), niceness)


def _keep_to(cores: frozenset[int] | set[int]) -> None:
    # Where it is forbidden, or the cores were taken away meanwhile, things go on as they are: slower, and no worse.
    with suppress(OSError):
        os.sched_setaffinity(0, cores)
