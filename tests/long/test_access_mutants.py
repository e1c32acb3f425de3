"""Whoever removes one check of access control hears of it: some test fails for every mutant of a list."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.long.access_mutants import MUTANTS, Mutant

ROOT = Path(__file__).parents[2]
ACCESS = ("tests/server/access",)
CALLS = (
    "tests/server/rpc/test_identity.py",
    "tests/server/rpc/test_permissions.py",
    "tests/server/rpc/test_refused_tokens.py",
)
USE_CASES = ("tests/server/usecases/test_access.py",)
MADE = ("tests/server/test_compose.py",)
SPENT = ("tests/contracts/test_spent_tokens.py",)
ALL = (*ACCESS, *USE_CASES, *CALLS, *SPENT, *MADE)
FIRST = {"rpc": CALLS, "usecases": USE_CASES, "stores": USE_CASES, "stores/spent.py": SPENT}
"""The tests that will notice a mutant of a file or package soonest, where none is named after it; all have their say."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository once more, to be broken."""
    folder = tmp_path_factory.mktemp("mutants")
    for name in ("server", "chunkers", "groundwire", "tests", "docs"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def _passes(folder: Path, file: str) -> bool:
    """Whether the tests pass: first those named after a file, since they are quick, and then all."""
    named = Path("tests/server", file).with_name(f"test_{Path(file).name}")
    first = FIRST.get(file) or FIRST.get(file.partition("/")[0], ACCESS)
    return _run(folder, (str(named),) if (folder / named).is_file() else first) and _run(folder, ALL)


def _run(folder: Path, tests: tuple[str, ...]) -> bool:
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False).returncode == 0


def test_every_mutant_can_be_made() -> None:
    """What it changes is there, once: a list that the code has left behind would find nothing."""
    missing = [
        mutant.name for mutant in MUTANTS if (ROOT / "server" / mutant.file).read_text("utf-8").count(mutant.old) != 1
    ]
    assert missing == []
    assert len({(mutant.file, mutant.old, mutant.new) for mutant in MUTANTS}) == len(MUTANTS)


@pytest.mark.long
def test_the_tests_pass_on_what_is_not_broken(copy: Path) -> None:
    """Or they would fail for every mutant."""
    assert _run(copy, ALL)


@pytest.mark.long
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_fails_a_test(copy: Path, mutant: Mutant) -> None:
    """The change is there, and is noticed."""
    file = copy / "server" / mutant.file
    whole = file.read_text("utf-8")
    assert whole.count(mutant.old) == 1
    file.write_text(whole.replace(mutant.old, mutant.new), "utf-8")
    try:
        assert not _passes(copy, mutant.file)
    finally:
        file.write_text(whole, "utf-8")
