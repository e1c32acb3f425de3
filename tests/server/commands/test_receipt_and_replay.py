"""Verdicts that are kept in files: checked against their receipts, and given again; docs/audit.md says how."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from groundwire.v1.evidence_pb2 import Span
from groundwire.v1.guard_pb2 import (
    DECISION_BLOCK,
    DECISION_PASS,
    LABEL_SUPPORTED,
    LABEL_UNSUPPORTED,
    Claim,
    ValidateResponse,
)
from server.commands.replay import differences
from tests.server.commands.runs import Run

PAGE = (Path(__file__).parents[3] / "docs" / "audit.md").read_text(encoding="utf-8")
ANSWER = "The warranty lasts two years."


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with an answer and a passage that supports it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "answer.txt").write_text(ANSWER)
    (tmp_path / "passages.jsonl").write_text(json.dumps({"text": ANSWER, "document_id": "terms"}))
    return tmp_path


@pytest.fixture
def kept(connected: Run, folder: Path, server_data: Path) -> dict[str, Any]:
    """What is in verdict.json, beside which lies the server's public key."""
    Path("public.pem").write_text(connected("audit", "public-key", "--data-dir", server_data).out)
    connected("validate", "--answer", "answer.txt", "--passages", "passages.jsonl", "--save", "verdict.json")
    content: dict[str, Any] = json.loads(Path("verdict.json").read_text())
    return content


def test_the_commands_of_the_page_work(connected: Run, kept: dict[str, Any]) -> None:
    """As they stand, one after the other."""
    block = next(block for block in re.findall(r"```sh\n(.*?)```", PAGE, flags=re.DOTALL) if "receipt verify" in block)
    ran = [connected(*shlex.split(line)[1:]) for line in block.splitlines()]
    assert [each.code for each in ran] == [0, 0, 0], [each.err for each in ran]
    assert ran[1].out.startswith("genuine: PASS, 20")
    assert ran[2].out == "the versions are the same\nthe verdict is the same\n"


def verified(run: Run, content: dict[str, Any], *options: str) -> str:
    """What the check says of a file with a content."""
    Path("other.json").write_text(json.dumps(content))
    return " ".join(run("receipt", "verify", "other.json", "--key", "public.pem", *options).out.split())


def test_a_response_and_a_receipt_are_enough(connected: Run, kept: dict[str, Any]) -> None:
    """With the answer beside it, or without."""
    response = kept["response"]
    assert verified(connected, response).startswith("genuine")
    assert verified(connected, response["receipt"], "--answer", "answer.txt").startswith("genuine")


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("request.answer", "The warranty lasts ten years.", "the answer is another one"),
        ("request.question", "How long?", "the question is another one"),
        ("response.decision", "DECISION_BLOCK", "the decision is another one"),
        ("response.confidence", 0.125, "the confidence is another one"),
        ("response.claims.0.label", "LABEL_UNSUPPORTED", "the claims or their labels or quotes are not"),
        ("response.passages.0.text", "Ten years.", "the passages are not those of the verdict"),
        ("response.receipt.issued_at", "2026-01-01T00:00:00Z", "the receipt is not what the key"),
        ("response.receipt.key_id", "0123456789abcdef", "the receipt is signed by a key that is not trusted"),
        ("response.receipt", {}, "there is no receipt in this file"),
    ],
)
def test_whatever_was_changed_is_named(
    connected: Run, kept: dict[str, Any], path: str, value: object, message: str
) -> None:
    """The receipt, or what it was given for."""
    *above, last = path.split(".")
    place: Any = kept
    for name in above:
        place = place[int(name) if name.isdecimal() else name]
    place[last] = value
    said = verified(connected, kept)
    assert said.startswith("not good")
    assert message in said


def test_a_case_is_given_again_by_its_id(connected: Run, folder: Path) -> None:
    """And no further case is kept."""
    Path("answer.txt").write_text("The warranty lasts ten years.")
    verdict = connected("validate", "--answer", "answer.txt", "--passages", "passages.jsonl", "--json").json
    cases = len(connected("review", "list", "--json").json["cases"])
    ran = connected("replay", verdict["review_case_id"])
    assert (ran.code, ran.out) == (0, "the versions are the same\nthe verdict is the same\n")
    assert len(connected("review", "list", "--json").json["cases"]) == cases


def test_what_cannot_be_replayed_is_named(connected: Run, folder: Path) -> None:
    """A case that is not there, a file without the request."""
    Path("response.json").write_text('{"decision": "DECISION_PASS"}')
    assert "NOT_FOUND" in connected("replay", "nowhere").err
    assert "response.json: holds no request" in connected("replay", "response.json").err
    assert "answer.txt: holds no verdict" in connected("replay", "answer.txt").err


def test_differences_are_told_claim_by_claim() -> None:
    """Claims are the same when they stand in the same place of the answer."""

    def claim(start: int, label: Any, text: str) -> Claim:
        return Claim(span=Span(start=start, end=start + 5), label=label, text=text, confidence=0.5)

    before = ValidateResponse(
        decision=DECISION_PASS, claims=[claim(0, LABEL_SUPPORTED, "one"), claim(9, LABEL_SUPPORTED, "two")]
    )
    after = ValidateResponse(
        decision=DECISION_BLOCK, claims=[claim(0, LABEL_UNSUPPORTED, "one"), claim(20, LABEL_SUPPORTED, "three")]
    )
    assert list(differences(before, before)) == []
    assert list(differences(before, after)) == [
        "decision: PASS -> BLOCK",
        "claim 'one': SUPPORTED -> UNSUPPORTED",
        "claim gone: SUPPORTED 'two'",
        "claim new: SUPPORTED 'three'",
    ]
