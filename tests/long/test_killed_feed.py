"""kill -9 while a feed of changes is applied: sent again from its beginning each time, every change counts once."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

import groundwire
from eval.serving import ServerProcess
from groundwire.v1 import corpus_pb2

SETTINGS = {"log_level": "warning", "exact_index_limit": 5_000}
RECORDS = 400
LONGEST = 3.0


def write_feed(file: Path, events: int, source: random.Random) -> dict[str, tuple[str, int]]:
    """A feed over some records; returns what is left of them: the last state, and how many versions lead to it."""
    left: dict[str, tuple[str, int]] = {}
    counts: Counter[str] = Counter()
    with file.open("w", encoding="utf-8") as stream:
        for number in range(1, events + 1):
            entity = f"customer/{source.randrange(RECORDS)}"
            event: dict[str, object] = {"sequence": number, "entity": entity, "operation": "upsert"}
            if source.random() < 0.05:
                event["operation"] = "delete"
                left.pop(entity, None)
            else:
                event["fields"] = {"customer": entity, "state": f"s{number}"}
                counts[entity] += 1
                left[entity] = (f"s{number}", counts[entity])
            stream.write(json.dumps(event) + "\n")
    return left


def feed(file: Path, address: str) -> subprocess.Popen[bytes]:
    """The command, sending the whole feed."""
    command = [sys.executable, "-m", "server", "feed", str(file), "--source", "crm", "-c", "crm", "--server", address]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def stored(client: groundwire.Client) -> dict[str, tuple[str, int]]:
    """The state and the version of each record; a change that was applied twice would have made a version more."""
    found, token = {}, ""
    while True:
        page = client.corpus.ListDocuments(
            corpus_pb2.ListDocumentsRequest(collection="crm", page_size=500, page_token=token), timeout=60
        )
        for document in page.documents:
            request = corpus_pb2.GetDocumentRequest(
                collection="crm", document_id=document.document_id, include_text=True
            )
            text = client.corpus.GetDocument(request, timeout=60).text
            found[document.document_id] = (json.loads(text)["state"], document.version)
        token = page.next_page_token
        if not token:
            return found


@pytest.mark.parametrize(("events", "kills"), [(400, 1), pytest.param(50_000, 20, marks=pytest.mark.long)])
def test_each_change_is_applied_once_whoever_is_killed(tmp_path: Path, events: int, kills: int) -> None:
    """Server and command are killed in turns at random moments; then the feed is sent to its end, twice."""
    source = random.Random(events)
    file, data, log = tmp_path / "feed.jsonl", tmp_path / "data", tmp_path / "server.log"
    left = write_feed(file, events, source)
    for kill in range(kills):
        server = ServerProcess(data, log, SETTINGS)
        server.wait_until_serving()
        sender = feed(file, server.address)
        time.sleep(source.uniform(0.5, LONGEST))
        if kill % 2:
            sender.kill()
            sender.wait()
            server.kill()
        else:
            server.kill()
            sender.kill()
            sender.wait()
    with ServerProcess(data, log, SETTINGS) as server, groundwire.connect(server.address) as client:
        codes = [feed(file, server.address).wait() for _ in range(2)]
        found = stored(client)

    assert codes == [0, 0]
    assert found == left
