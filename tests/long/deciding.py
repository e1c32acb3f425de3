"""A process that records decisions from several threads and says which are durable, until it is killed or done.

python -m tests.long.deciding URL KEY FIRST COUNT
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from server.access.audit.checking import Problem, check_chain
from server.access.signing import SigningKey, load_signing_key, trust
from server.stores.audit import SqlAudit, opened_audit
from server.stores.chain import AuditEntry

ROOT = Path(__file__).parents[2]
THREADS = 16
TENANTS = ("acme", "other")


def decide(log: SqlAudit, number: int) -> None:
    """Record a decision; its number is printed once it is durable."""
    entry = AuditEntry(TENANTS[number % len(TENANTS)], None, "validate", "PASS", details={"number": number})
    log.append(entry).result()
    # One call for each line, so that a killed process leaves no half of one.
    os.write(sys.stdout.fileno(), f"{number}\n".encode())


def start(url: str, key: Path, first: int, count: int) -> subprocess.Popen[bytes]:
    """A process that records decisions with numbers from `first` on."""
    command = [sys.executable, "-m", "tests.long.deciding", url, str(key), str(first), str(count)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE)


def recorded(url: str, key: SigningKey) -> tuple[Counter[int], list[Problem]]:
    """How often each decision is in the chains, and what is wrong with them."""
    numbers: Counter[int] = Counter()
    problems: list[Problem] = []
    with opened_audit(url, key) as log, log.chains() as chains:
        for tenant in TENANTS:
            problems += check_chain(tenant, chains.records(tenant), chains.head(tenant), trust(key)).problems
            numbers.update(json.loads(record.details or "")["number"] for record in chains.records(tenant))
    return numbers, problems


def acknowledged(output: bytes) -> Iterator[int]:
    """The numbers that such a process has printed."""
    return (int(line) for line in output.splitlines())


if __name__ == "__main__":
    url, key, first, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    with opened_audit(url, load_signing_key(key)) as log, ThreadPoolExecutor(THREADS) as threads:
        for done in [threads.submit(decide, log, number) for number in range(first, first + count)]:
            done.result()
