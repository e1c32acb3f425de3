import shutil
import socket
from pathlib import Path

import pytest

from server.config import WEIGHTS
from server.models.weights import open_weights
from server.stores.lock import DirectoryLock
from server.stores.store import StoreSettings, open_store
from tests.drafts import draft
from tests.server.commands.runs import Run


@pytest.fixture(autouse=True)
def _free_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """Port 0 is always free."""
    monkeypatch.setenv("GROUNDWIRE_LISTEN", "127.0.0.1:0")


def lines(out: str) -> dict[str, str]:
    """The level of each subject."""
    return {line.split()[1].rstrip(":"): line.split()[0] for line in out.splitlines() if not line.startswith("  ")}


def test_a_healthy_machine_has_only_good_lines(run: Run, tmp_path: Path) -> None:
    """And exit code 0; nothing is made."""
    ran = run("doctor", "--data-dir", tmp_path / "new")
    assert ran.code == 0
    assert set(lines(ran.out).values()) == {"ok"}
    assert not (tmp_path / "new").exists()


def test_a_changed_model_is_found_by_its_hash(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that is not what it says would judge in its name."""
    shutil.copytree(WEIGHTS / "embedder", tmp_path / "embedder")
    with (tmp_path / "embedder" / "tokenizer.json").open("a") as file:
        file.write(" ")
    monkeypatch.setenv("GROUNDWIRE_EMBEDDER", str(tmp_path / "embedder"))
    ran = run("doctor", "--data-dir", tmp_path / "data")
    assert ran.code == 1
    assert lines(ran.out)["embedder"] == "fail"
    assert "SHA-256" in ran.out


def test_a_wrong_setting_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What depends on settings is not looked at then."""
    monkeypatch.setenv("GROUNDWIRE_QUEUE", "many")
    ran = run("doctor")
    assert ran.code == 1
    assert "settings: queue: " in ran.out
    assert "embedder" not in lines(ran.out)


def test_a_directory_in_use_is_a_warning(run: Run, tmp_path: Path) -> None:
    """The server that has it may be the very one that is asked about."""
    lock = DirectoryLock(tmp_path)
    ran = run("doctor", "--data-dir", tmp_path)
    lock.release()
    assert (ran.code, lines(ran.out)["data"]) == (0, "warn")


def test_a_taken_port_is_found(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By something that is no gRPC server: a server could not start."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.close()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        monkeypatch.setenv("GROUNDWIRE_LISTEN", f"127.0.0.1:{other.getsockname()[1]}")
        ran = run("doctor", "--data-dir", tmp_path / "new")
    assert (ran.code, lines(ran.out)["address"]) == (1, "fail")


def test_a_wrong_policy_is_named(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its file."""
    (tmp_path / "strict.yaml").write_text("name: strict\ncolour: red\n")
    monkeypatch.setenv("GROUNDWIRE_POLICIES", str(tmp_path))
    ran = run("doctor", "--data-dir", tmp_path / "new")
    assert lines(ran.out)["policies"] == "fail"
    assert "strict.yaml" in ran.out


def test_the_password_in_the_database_url_is_not_shown(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reports are pasted into chats."""
    monkeypatch.setenv("GROUNDWIRE_DATABASE_URL", "postgresql://user:hunter2@127.0.0.1:1/x")
    assert "hunter2" not in run("doctor", "--data-dir", tmp_path).out


def test_an_index_that_is_not_of_the_records_is_found(run: Run, tmp_path: Path) -> None:
    """The server would rebuild it, so it is a warning, and says which doubt there is."""
    weights = open_weights(WEIGHTS / "embedder", "embedder")
    settings = StoreSettings(tmp_path)
    with open_store(settings, embedder=weights.version, dimension=weights.number("dimension")) as store:
        store.documents.put(draft("a", "One.\nTwo.", embedded=False)).result()
    assert "revision 1, index as saved" in run("doctor", "--data-dir", tmp_path).out
    (manifest,) = tmp_path.glob("index/*/manifest.json")
    manifest.write_bytes(manifest.read_bytes()[:-1])
    ran = run("doctor", "--data-dir", tmp_path)
    assert (ran.code, lines(ran.out)["data"]) == (0, "warn")
    assert "its manifest is damaged" in ran.out
