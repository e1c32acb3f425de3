"""`groundwire doctor`: whether a server would run well here, and what to do if not."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from server.commands.serve import Config
from server.commands.terminal import out, plain

_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


def doctor(
    config: Config = None,
    data_dir: Annotated[Path | None, typer.Option(file_okay=False, help="Overrides the setting `data_dir`.")] = None,
) -> None:
    """Check this machine, the settings, the models and the data, as `groundwire serve` would find them.

    Exit codes: 0 a server can run, 1 it cannot.
    """
    # The checks import models and stores, which other commands do not wait for.
    from server.commands.checkup import Level, examine  # noqa: PLC0415

    levels = set()
    for finding in examine(config, data_dir):
        levels.add(finding.level)
        advice = f"\n      {finding.advice}" if finding.advice else ""
        line = Text.assemble(
            (f"{finding.level:<5} ", f"bold {_COLOURS[finding.level]}"),
            f"{finding.subject}: {plain(finding.message)}{advice}",
        )
        out().print(line, soft_wrap=True)
    if Level.FAIL in levels:
        raise typer.Exit(1)
