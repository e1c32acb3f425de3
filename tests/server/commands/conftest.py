"""A real server with the bundled models, shared by the tests of this folder, and commands run against it in this process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.__main__ import main
from server.commands.local_server import started
from tests.server.commands.runs import Ran, Run


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command line, on a terminal of 100 columns without colours."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")

    def run_command(*arguments: object) -> Ran:
        with pytest.raises(SystemExit) as exit_:
            main([str(argument) for argument in arguments])
        code = exit_.value.code
        assert isinstance(code, int)
        return Ran(code, *capsys.readouterr())

    return run_command


@pytest.fixture(scope="session")
def server_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the shared server."""
    return tmp_path_factory.mktemp("server") / "data"


@pytest.fixture(scope="session")
def server(server_data: Path) -> Iterator[str]:
    """The address of a server with an empty corpus; each test takes collections of its own."""
    with started(server_data.parent) as address:
        yield address


@pytest.fixture
def connected(run: Run, server: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command line against the shared server."""
    monkeypatch.setenv("GROUNDWIRE_SERVER", server)
    return run
