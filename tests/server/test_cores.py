"""On which cores threads run."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.serving import ServerProcess
from server.cores import every_core, share_one_core, use_every_core
from server.models.scheduler import Scheduler, Tokens

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) < 2, reason="needs Linux and two cores"
)


@pytest.fixture
def given() -> Iterator[set[int]]:
    """The cores of this process, which the test's thread has again afterwards."""
    cores = os.sched_getaffinity(0)
    yield cores
    os.sched_setaffinity(0, cores)


def cores_of_a_thread() -> set[int]:
    """The cores of a thread that is started now."""
    seen: list[set[int]] = []
    thread = threading.Thread(target=lambda: seen.append(os.sched_getaffinity(0)))
    thread.start()
    thread.join()
    return seen[0]


def test_threads_share_the_core_of_the_one_that_starts_them(given: set[int]) -> None:
    """It is one of those that the process was given, and the same for all."""
    share_one_core(None)
    own = os.sched_getaffinity(0)
    assert len(own) == 1
    assert own < given
    assert cores_of_a_thread() == own


def test_models_keep_every_core(given: set[int]) -> None:
    """They run without the interpreter's lock, wherever the thread runs that made the scheduler."""
    share_one_core(None)
    scheduler = Scheduler(threads=1)
    seen: list[set[int]] = []

    def network(tokens: Tokens) -> list[int]:
        seen.append(os.sched_getaffinity(0))
        return [len(tokens)]

    scheduler.run(network, [Tokens([1], [0])])  # type: ignore[arg-type]
    scheduler.close()
    assert seen == [given]


def test_a_process_started_from_a_block_has_every_core(given: set[int]) -> None:
    """Processes inherit the cores of the thread that starts them; the thread has its own again after the block."""
    share_one_core(None)
    own = os.sched_getaffinity(0)
    with every_core():
        said = subprocess.check_output(
            [sys.executable, "-c", "import os; print(sorted(os.sched_getaffinity(0)))"], text=True
        )
    assert said.strip() == str(sorted(given))
    assert os.sched_getaffinity(0) == own


def test_the_threads_of_connections_keep_every_core(given: set[int], tmp_path: Path) -> None:
    """They are gRPC's own, and run without the interpreter's lock; those that run Python keep to the shared core."""
    settings = {"share_core": "always"}
    with ServerProcess(tmp_path / "data", tmp_path / "server.log", settings) as server:
        own = os.sched_getaffinity(server.process_id)
        of_connections = [
            os.sched_getaffinity(int(task.name))
            for task in Path(f"/proc/{server.process_id}/task").iterdir()
            if Path(task, "comm").read_text().strip() == "event_engine"
        ]
    assert len(own) == 1
    assert of_connections
    assert all(cores == given for cores in of_connections)


def test_a_thread_can_leave_the_shared_core(given: set[int]) -> None:
    """And then has what the process was given, not what the machine has."""
    share_one_core(None)
    use_every_core()
    assert os.sched_getaffinity(0) == given


def test_a_process_that_may_not_choose_goes_on(given: set[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Some sandboxes forbid it; models and servers work there all the same."""

    def refuse(pid: int, cores: set[int]) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "sched_setaffinity", refuse)
    share_one_core(None)
    use_every_core()
    with every_core():
        assert os.sched_getaffinity(0) == given
    monkeypatch.undo()


def test_nothing_is_shared_beyond_the_most(given: set[int]) -> None:
    """Of more cores than that, all threads keep all."""
    share_one_core(len(given) - 1)
    assert os.sched_getaffinity(0) == given
