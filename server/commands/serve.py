"""`groundwire serve`: the service, until it is told to stop."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from server.config import load_settings

Config = Annotated[
    Path | None,
    typer.Option(envvar="GROUNDWIRE_CONFIG", exists=True, dir_okay=False, help="YAML file with settings."),
]


def serve(
    config: Config = None,
    listen: Annotated[str | None, typer.Option(metavar="HOST:PORT", help="Overrides the setting `listen`.")] = None,
    data_dir: Annotated[Path | None, typer.Option(file_okay=False, help="Overrides the setting `data_dir`.")] = None,
) -> None:
    """Run the server until SIGTERM or SIGINT."""
    settings = load_settings(config, listen=listen, data_dir=data_dir)
    # Models and stores take a second to import: other commands, and wrong settings, do not wait for them.
    from server.compose import serve_until_signal  # noqa: PLC0415

    asyncio.run(serve_until_signal(settings))
