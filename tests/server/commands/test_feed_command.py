from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.server.commands.runs import Run


def _event(number: int, **given: Any) -> bytes:
    event = {
        "sequence": number,
        "operation": "upsert",
        "entity": f"customer/{number}",
        "fields": {"customer": number, "note": "feed"},
    }
    return json.dumps({**event, **given}).encode() + b"\n"


def test_lines_that_are_no_events_are_refused_by_number_and_the_rest_is_applied(connected: Run, tmp_path: Path) -> None:
    """By the command or by the server; gaps are reported; the exit code says that not all were taken."""
    file = tmp_path / "feed.jsonl"
    file.write_bytes(_event(1) + b"{broken\n" + _event(2, entity="customer/\x07") + _event(4) + _event(4))
    ran = connected("feed", file, "--source", "refusals", "-c", "refusals")
    assert ran.code == 3
    assert "line 2: not JSON: Expecting property name" in ran.err
    assert "line 3: changes[1].upsert.document_id: no control characters" in ran.err
    assert "line 4: 2 numbers of refusals before 4 missing" in ran.err
    assert ran.out.startswith("5 events: 2 applied, 0 without effect, 1 applied before, 2 not taken; 1 gap; revision")


def test_a_feed_may_stop_at_the_first_event_that_is_not_taken(connected: Run, tmp_path: Path) -> None:
    """Nothing behind it is applied: it can be mended, and the feed sent again."""
    file = tmp_path / "feed.jsonl"
    file.write_bytes(_event(1) + b"{broken\n" + _event(3))
    options = (file, "--source", "stops", "-c", "stops", "--stop")
    assert connected("feed", *options).out.startswith("2 events: 1 applied, 0 without effect, 0 applied before, 1 not")
    file.write_bytes(_event(1) + _event(2) + _event(3))
    assert connected("feed", *options).out.startswith("3 events: 2 applied, 0 without effect, 1 applied before, 0 not")


def test_a_file_that_is_not_there_is_an_error_in_a_line(connected: Run, tmp_path: Path) -> None:
    """With what the system says."""
    ran = connected("feed", tmp_path / "nowhere.jsonl")
    assert (ran.code, "cannot be read: No such file" in ran.err) == (1, True)
