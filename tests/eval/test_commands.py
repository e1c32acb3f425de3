"""The benchmarks as commands, on a few rows, against a real server in a process of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.__main__ import app
from eval.serving import ServerProcess


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with the bundled models."""
    folder = tmp_path_factory.mktemp("server")
    with ServerProcess(folder / "data", folder / "server.log") as server:
        yield server.address


def run(*arguments: str) -> str:
    """What a command prints; it must succeed."""
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_grounding_of_a_few_rows(address: str, tmp_path: Path) -> None:
    """A copied statement is supported, another figure is not, and both the table and the JSON say so."""
    premise = "The Brisel kettle holds 1.7 litres of water."
    rows = [
        {"premise": premise, "hypothesis": premise, "label": "supported"},
        {"premise": premise, "hypothesis": "The Brisel kettle holds 3.9 litres of water.", "label": "contradiction"},
    ]
    (tmp_path / "small.jsonl").write_text("\n".join(json.dumps(row) for row in rows))

    output = run("grounding", "--data", str(tmp_path), "--server", address, "--json", str(tmp_path / "out.json"))

    figures = json.loads((tmp_path / "out.json").read_text())["figures"]
    assert "small" in output
    assert figures["sets"]["small"]["whole"]["balanced_accuracy"] == 1
    assert figures["entailment_model"]


def test_retrieval_of_a_few_documents(address: str, tmp_path: Path) -> None:
    """Each mode finds the only document that answers."""
    texts = {"1": "Kettles boil water.", "2": "Lamps give light.", "3": "Fans move air."}
    corpus = [{"_id": number, "title": "", "text": text} for number, text in texts.items()]
    (tmp_path / "corpus.jsonl").write_text("\n".join(json.dumps(row) for row in corpus))
    (tmp_path / "queries.jsonl").write_text(json.dumps({"_id": "q", "text": "what do kettles boil?"}))
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\t1\t1\n")

    run("retrieval", "--data", str(tmp_path), "--server", address, "--json", str(tmp_path / "out.json"))

    modes = json.loads((tmp_path / "out.json").read_text())["figures"]["modes"]
    assert {name: mode["ndcg_at_10"]["mean"] for name, mode in modes.items()} == {"dense": 1, "lexical": 1, "hybrid": 1}


@pytest.mark.parametrize("command", ["retrieval", "grounding", "chunking", "speed"])
def test_every_command_explains_itself(command: str) -> None:
    """What it measures, and its options."""
    output = run(command, "--help")

    assert "Measure" in output or "Compare" in output
    assert "--json" in output


def test_streams_of_a_few_answers_end_like_the_whole(address: str, tmp_path: Path) -> None:
    """All of them, byte for byte, through a real server and the bundled model."""
    out = tmp_path / "out.json"
    run("stream", "--answers", "3", "--timed", "1", "--server", address, "--json", str(out))

    figures = json.loads(out.read_text())["figures"]
    assert figures["equality"]["equal"] == figures["equality"]["answers"] == 3
    assert figures["delays"]["claims"] > 0
