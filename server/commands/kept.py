"""Verdicts in files: as `groundwire validate --save` keeps them, as `--json` prints them, or a receipt alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from google.protobuf.json_format import ParseDict, ParseError

from groundwire.v1.review_pb2 import RecordedVerdict
from server.commands.failure import CommandFailed


def read_verdict(file: Path) -> RecordedVerdict:
    """What a file holds of a verdict: request, response, or the receipt in the response. Raises `CommandFailed`."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return ParseDict(_placed(content), RecordedVerdict())
    except OSError as error:
        raise CommandFailed(f"{file}: cannot be read: {error.strerror}") from error
    except (ValueError, ParseError) as error:
        raise CommandFailed(f"{file}: holds no verdict: {error}") from error


def _placed(content: Any) -> Any:
    """The content as a recorded verdict, by the fields that it has."""
    if not isinstance(content, dict):
        raise ValueError("a JSON object is expected")  # noqa: TRY004 - wrong content, not a wrong call
    if "statement" in content:
        return {"response": {"receipt": content}}
    return content if "response" in content else {"response": content}
