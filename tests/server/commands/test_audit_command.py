"""`groundwire audit`, and that what docs/audit.md says of it is true."""

from __future__ import annotations

import json
import re
import shlex
import sqlite3
from pathlib import Path

import pytest

from server.access.audit.policy import load_audit_policy
from server.access.signing import KEY_FILE, keep_signing_key
from server.domain import Caller
from server.stores.audit import opened_audit
from server.stores.chain import AuditEntry
from server.stores.database import open_database
from server.stores.store import records_url
from tests.server.commands.runs import Ran, Run

PAGE = (Path(__file__).parents[3] / "docs" / "audit.md").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with a data folder that has three records."""
    monkeypatch.chdir(tmp_path)
    data = tmp_path / "groundwire-data"
    key = keep_signing_key(data / KEY_FILE)
    open_database(records_url(data)).close()
    with opened_audit(records_url(data), key) as log:
        for number in range(3):
            details = {"documents": [["orders", "A-1", 2]], "entities": [f"customer/{41 + number}"]}
            entry = AuditEntry("default", Caller("default", "ann"), "retrieve", "FOUND", details=details)
            log.append(entry).result()
    return tmp_path


def change(folder: Path, statement: str) -> None:
    """Do to the records what nobody should."""
    with sqlite3.connect(folder / "groundwire-data" / "records.sqlite") as connection:
        connection.execute(statement)
    connection.close()


def in_shell(run: Run, line: str) -> Ran:
    """Run a line of the page, with its redirection."""
    command, _, target = line.partition(" > ")
    ran = run(*shlex.split(command)[1:])
    if target:
        Path(target).write_text(ran.out)
    return ran


def test_the_commands_of_the_page_work(run: Run, folder: Path) -> None:
    """As they stand, one after the other."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, flags=re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("groundwire audit")]
    ran = [in_shell(run, line) for line in lines]
    assert [each.code for each in ran] == [0] * len(lines), [each.err for each in ran]
    assert ran[1].out == "default: 3 records: intact\n"
    assert ran[-2].out == "erased the details of 1 record\n"
    assert ran[-1].out == "default: 4 records, 1 of them with details erased: intact\n"


def test_the_policy_of_the_page_is_one(tmp_path: Path) -> None:
    """And means what the page says."""
    (tmp_path / "audit.yaml").write_text(re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)[0])
    policy = load_audit_policy(tmp_path / "audit.yaml")
    assert (policy.keeps_text(["manuals"]), policy.keeps_text(["hr", "manuals"]), policy.keep_days(["hr"])) == (
        True,
        False,
        90,
    )


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (
            "UPDATE audit SET details = replace(details, 'ann', 'bob') WHERE sequence = 2",
            "record 2: its details are not",
        ),
        ("DELETE FROM audit WHERE sequence = 2", "record 3: record 2 is missing before it"),
        ("DELETE FROM audit WHERE sequence > 1", "the chain ends at record 1, and its head is that of record 3"),
        ("DELETE FROM audit", "the chain ends at record 0, and its head is that of record 3"),
        ("UPDATE audit_heads SET tenant = 'other'", "the chain has no signed head"),
    ],
)
def test_what_somebody_did_to_the_records_is_found(run: Run, folder: Path, statement: str, message: str) -> None:
    """With exit code 1, and the record."""
    change(folder, statement)
    ran = run("audit", "verify")
    assert ran.code == 1
    assert message in ran.out


def test_records_that_are_gone_altogether_are_found_by_heads_put_aside(run: Run, folder: Path) -> None:
    """Nothing in the database says that there were any."""
    in_shell(run, "groundwire audit export --heads > heads.jsonl")
    change(folder, "DELETE FROM audit")
    change(folder, "DELETE FROM audit_heads")
    assert run("audit", "verify").code == 0
    ran = run("audit", "verify", "--heads", "heads.jsonl")
    assert ran.code == 1
    assert "a head put aside earlier has seen record 3" in ran.out


def test_a_changed_export_is_found(run: Run, folder: Path) -> None:
    """And what is no export is named with its line."""
    exported = run("audit", "export").out
    Path("audit.jsonl").write_text(exported.replace("customer/42", "customer/43"))
    Path("other.jsonl").write_text(exported + '{"sequence": 1}\n')
    assert "record 2: its details are not" in run("audit", "verify", "audit.jsonl").out
    ran = run("audit", "verify", "other.jsonl")
    assert ran.code == 1
    assert "other.jsonl: line 5 is neither a head nor a record" in ran.err


def test_a_record_is_shown_in_a_line_and_in_full(run: Run, folder: Path) -> None:
    """Who did what, to which documents."""
    assert re.search(r" 3  \S+ \S+ UTC  ann  retrieve FOUND  orders/A-1@2$", run("audit", "show", "--last", 1).out)
    shown = json.loads(run("audit", "show", 2).out)
    assert (shown["details"]["by"], shown["header"]["sequence"]) == (["ann"], 2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("verify", "--data-dir", "nowhere"), "nowhere/signing.pem: cannot be read"),
        (("show", "--data-dir", "nowhere"), "there are no records at nowhere/records.sqlite"),
        (("show", "--tenant", "acme"), "there is no audit of a tenant 'acme'; there is one of default"),
    ],
)
def test_what_is_not_there_is_named(run: Run, folder: Path, arguments: tuple[str, ...], message: str) -> None:
    """And nothing is made in its place."""
    ran = run("audit", *arguments)
    assert (ran.code, Path("nowhere").exists()) == (1, False)
    assert message in ran.err
