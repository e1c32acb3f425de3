"""kill -9 while documents come in: whatever was acknowledged is there afterwards, and nothing is there by halves."""

from __future__ import annotations

import random
import time
from pathlib import Path
from threading import Thread

import pytest

import groundwire
from eval.serving import ServerProcess
from tests.long.ledger import Ledger

SETTINGS = {"max_chunk_tokens": 40, "log_level": "warning"}
LONGEST = 1.5


def run_and_kill(folder: Path, ledger: Ledger, seconds: float) -> list[str]:
    """Hold a restarted server to the ledger, write to it for some seconds, and kill it; returns what was wrong."""
    server = ServerProcess(folder / "data", folder / "server.log", SETTINGS)
    server.wait_until_serving()
    try:
        with groundwire.connect(server.address) as client:
            problems = ledger.disagreements(client)
            writer = Thread(target=ledger.write_until_the_server_dies, args=(client,))
            writer.start()
            # On a machine that is busy elsewhere, the first write may take longer than any of the runs.
            while not ledger.acknowledged and writer.is_alive():
                time.sleep(0.01)
            time.sleep(seconds)
            server.kill()
            writer.join()
    finally:
        server.kill()
    return problems


@pytest.mark.parametrize("kills", [1, pytest.param(30, marks=pytest.mark.long)])
def test_a_killed_server_loses_nothing_that_it_acknowledged(tmp_path: Path, kills: int) -> None:
    """After every kill the same folder opens again, with each document whole as acknowledged or as sent since."""
    ledger, source = Ledger(seed=kills), random.Random(kills)

    problems = {kill: run_and_kill(tmp_path, ledger, source.uniform(0.05, LONGEST)) for kill in range(kills)}
    with (
        ServerProcess(tmp_path / "data", tmp_path / "server.log", SETTINGS) as server,
        groundwire.connect(server.address) as client,
    ):
        problems[kills] = ledger.disagreements(client)

    assert not any(problems.values()), problems
    assert ledger.acknowledged > 0
