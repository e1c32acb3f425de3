"""Figures as JSON, with what is needed to compare them with another run's."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

_NARROWEST = 132


def write_json(file: Path | None, benchmark: str, data: str, figures: object) -> None:
    """Write `figures`, a dataclass or plain values, to `file`, if there is one; `data` names what was measured on."""
    if file is None:
        return
    report = {
        "benchmark": benchmark,
        "data": data,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "service": importlib.metadata.version("groundwire"),
        "machine": {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()},
        "figures": _plain(figures),
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def table_console() -> Console:
    """Standard output, wide enough for a table of figures even where it goes into a file or a small window."""
    return Console(width=max(_NARROWEST, Console().width))


def figure(value: float | None, digits: int = 3) -> str:
    """A figure for a table; a dash where it is not defined."""
    return "–" if value is None else f"{value:.{digits}f}"
