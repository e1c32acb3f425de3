"""The command line: `groundwire`, or `python -m server`.

Installed packages add commands as entry points of the group `groundwire.commands`, each a `typer.Typer`.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import EntryPoint, entry_points

import typer

from server.commands import audit, documents, receipt, review
from server.commands.demo import demo
from server.commands.doctor import doctor
from server.commands.failure import CommandFailed
from server.commands.feed import feed
from server.commands.health import health
from server.commands.ingest import ingest
from server.commands.key import key
from server.commands.preview import preview
from server.commands.replay import replay
from server.commands.retrieve import retrieve
from server.commands.serve import serve
from server.commands.terminal import plain
from server.commands.validate import validate
from server.errors import GroundwireError

PLUGINS = "groundwire.commands"

_BUILT_IN: tuple[Callable[..., None], ...] = (
    serve,
    demo,
    ingest,
    feed,
    retrieve,
    validate,
    replay,
    preview,
    key,
    doctor,
    health,
)


def command_line() -> typer.Typer:
    """Every command: those of the service, then those of installed packages."""
    app = typer.Typer(
        name="groundwire",
        help="Retrieve evidence for the answers of a language model, and check every claim of them against it.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for command in _BUILT_IN:
        app.command()(command)
    app.add_typer(review.app)
    app.add_typer(documents.app)
    app.add_typer(audit.app)
    app.add_typer(receipt.app)
    for plugin in sorted(entry_points(group=PLUGINS)):
        _add(app, plugin)
    return app


def _add(app: typer.Typer, plugin: EntryPoint) -> None:
    """Add a command that imports the plugin when it runs, so that the others need not wait for it."""

    def run(context: typer.Context) -> None:
        plugin.load()(args=context.args, prog_name=context.command_path)

    app.command(
        plugin.name,
        help=f"Further commands, from the package {plugin.module.partition('.')[0]}.",
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    )(run)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; exits with its code, with 1 and a message when it fails, and with 2 when it is not used right."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a character is no reason to stop
    try:
        command_line()(args=arguments, prog_name="groundwire")
    except (CommandFailed, GroundwireError) as failure:
        typer.secho(f"error: {plain(str(failure))}", fg=typer.colors.RED, err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
