from pathlib import Path

import pytest

from server.access.clients import load_clients
from server.domain import Permission
from tests.server.commands.runs import Run


def test_a_new_key_tells_its_client(run: Run, tmp_path: Path) -> None:
    """The key is printed once, the file knows it by its hash, and a second client joins the first."""
    file = tmp_path / "clients.yaml"
    first = run("key", "indexer", "--tenant", "acme", "--role", "writer", "--group", "*", "--file", file)
    run("key", "web", "--tenant", "acme", "--role", "reader", "--role", "reviewer", "--clearance", 3, "--file", file)
    key = first.out.strip()
    assert key.startswith("gw_indexer_")
    assert key not in file.read_text()
    assert load_clients(file).with_key(key).groups == ("*",)
    assert Permission.REVIEW in load_clients(file).by_id["web"].caller().permissions


def test_without_a_file_the_entry_is_printed(run: Run) -> None:
    """For whoever keeps the file elsewhere."""
    printed = run("key", "web", "--tenant", "acme", "--role", "reader").out
    assert "- id: web\n" in printed
    assert "gw_web_" in printed.splitlines()[-1]


@pytest.mark.parametrize(
    "arguments", [("web", "--role", "king"), ("We_b", "--role", "reader"), ("app", "--role", "reader")]
)
def test_a_client_that_cannot_be_is_not_written(run: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """A role that there is not, a wrong id, an id that is taken."""
    file = tmp_path / "clients.yaml"
    run("key", "app", "--tenant", "acme", "--role", "reader", "--file", file)
    before = file.read_text()
    assert run("key", *arguments, "--tenant", "acme", "--file", file).code == 1
    assert file.read_text() == before
