from pathlib import Path

import pytest

from tests.server.commands.runs import Run


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Two documents that share few words."""
    return {
        "leave.txt": "Employees have 28 days of paid leave a year.",
        "travel.txt": "Train tickets are booked in second class.",
    }


@pytest.fixture
def corpus(connected: Run, tmp_path: Path, texts: dict[str, str]) -> str:
    """The collection that holds the documents."""
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    assert connected("ingest", tmp_path, "-c", "retrieve").code == 0
    return "retrieve"


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_the_best_passage_comes_first(connected: Run, corpus: str, mode: str, texts: dict[str, str]) -> None:
    """In each mode."""
    passages = connected("retrieve", "train tickets", "-c", corpus, "--mode", mode, "--json").json["passages"]
    assert passages[0]["text"] == texts["travel.txt"]


def test_people_read_place_text_and_revision(connected: Run, corpus: str) -> None:
    """A search result on a terminal."""
    out = connected("retrieve", "paid leave", "-c", corpus, "--top-k", "1").out
    assert " 1  leave.txt, line 1  score" in out
    assert "28 days of paid leave" in out
    assert "1 passage, " in out


def test_a_day_is_given_as_a_date(connected: Run, corpus: str) -> None:
    """A wrong one is a matter of usage."""
    assert connected("retrieve", "leave", "-c", corpus, "--as-of", "2026-11-02").code == 0
    assert connected("retrieve", "leave", "-c", corpus, "--as-of", "tomorrow").code == 2


def test_an_empty_query_is_refused_by_the_server_in_a_line(connected: Run, corpus: str) -> None:
    """With the field and what it needs."""
    ran = connected("retrieve", " ", "-c", corpus)
    assert ran.code == 1
    assert "FIELD_REQUIRED: spec.query: required" in ran.err
