from importlib.metadata import EntryPoint, EntryPoints

import pytest

from server import __main__ as command_line
from tests.server.commands.runs import Run

PLUGIN = """
import typer
from server.commands.failure import CommandFailed

app = typer.Typer()

@app.command()
def speed(times: int = 1) -> None:
    typer.echo(f"measured {times} times")

@app.command()
def fail() -> None:
    raise CommandFailed("no data")
"""


@pytest.fixture
def plugin(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package that offers the commands of `PLUGIN` as "bench"."""
    (tmp_path / "bench_plugin.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(tmp_path)
    found = EntryPoints([EntryPoint("bench", "bench_plugin:app", "groundwire.commands")])
    monkeypatch.setattr(command_line, "entry_points", lambda group: found.select(group=group))


def test_help_names_every_command(run: Run) -> None:
    """And says what each does."""
    out = run("--help").out
    for name in (
        "serve",
        "demo",
        "ingest",
        "retrieve",
        "validate",
        "review",
        "documents",
        "preview",
        "doctor",
        "health",
    ):
        assert f" {name} " in out


def test_a_package_adds_commands_with_options_of_their_own(run: Run, plugin: None) -> None:
    """They look like those built in."""
    assert run("bench", "speed", "--times", "3").out == "measured 3 times\n"
    assert "groundwire bench" in run("bench", "speed", "--help").out


def test_a_failure_of_an_added_command_is_told_like_any_other(run: Run, plugin: None) -> None:
    """In a line, with exit code 1."""
    ran = run("bench", "fail")
    assert (ran.code, ran.err) == (1, "error: no data\n")


def test_an_unknown_command_is_a_matter_of_usage(run: Run) -> None:
    """Exit code 2."""
    assert run("frobnicate").code == 2


def test_health_says_whether_a_server_takes_calls(connected: Run, run: Run) -> None:
    """For container health checks."""
    assert (connected("health").code, connected("health").out) == (0, "SERVING\n")
    assert run("health", "--server", "127.0.0.1:1").code == 1


def test_serve_names_the_setting_that_is_wrong(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it loads anything."""
    monkeypatch.setenv("GROUNDWIRE_LISTEN", "nowhere")
    ran = run("serve")
    assert ran.code == 1
    assert ran.err.startswith("error: listen: ")
