"""What the README says is true: its examples run, its tables are complete."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic.fields import FieldInfo

from server.config import WEIGHTS, Settings

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ADDRESS = "127.0.0.1:50051"


def row(name: str, field: FieldInfo) -> str:
    """The line of the settings table."""
    default = field.default
    if default is None or default == "":
        shown = "none"
    elif isinstance(default, Path) and default.is_relative_to(WEIGHTS):
        shown = "bundled"
    else:
        shown = f"`{str(default).lower() if isinstance(default, bool) else default}`"
    return f"| `GROUNDWIRE_{name.upper()}` | {shown} | {field.description} |"


def block(language: str, containing: str) -> str:
    """The first code block of a language that contains a string."""
    blocks = re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)
    return next(found for found in blocks if containing in found)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_in_the_table(name: str) -> None:
    """With its default, and the words of its description."""
    assert row(name, Settings.model_fields[name]) in README.splitlines()


def test_the_table_has_no_other_settings() -> None:
    """A setting that is gone leaves the README too."""
    assert {name.lower() for name in re.findall(r"^\| `GROUNDWIRE_(\w+)`", README, flags=re.MULTILINE)} == set(
        Settings.model_fields
    )


def test_every_reason_that_the_code_gives_is_listed() -> None:
    """Programs rely on reasons, so a new one is announced."""
    code = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "server").rglob("*.py"))
    given = set(re.findall(r"reason=\"([A-Z_]+)\"", code)) | {
        f"{kind.upper()}_NOT_FOUND" for kind in re.findall(r"NotFound\(\"(\w+)\"", code)
    }
    assert given
    assert {reason for reason in given if f"`{reason}`" not in README} == set()


def test_the_python_example_gets_a_verdict(server: str, capsys: pytest.CaptureFixture[str]) -> None:
    """As it stands, with the address alone replaced."""
    exec(block("python", "client.guard.Validate").replace(ADDRESS, server), {})
    assert capsys.readouterr().out.startswith("DECISION_")


def test_the_buf_curl_example_gets_a_verdict(server: str) -> None:
    """Another language's toolchain learns the contract over reflection, and calls the service."""
    command = shlex.split(block("sh", "buf curl").replace(ADDRESS, server))
    buf = Path(sys.executable).with_name(command[0])
    ran = subprocess.run([buf, *command[1:]], capture_output=True, check=True, timeout=60)
    assert b'"decision": "DECISION_' in ran.stdout


@pytest.mark.parametrize("path", re.findall(r"\]\((?!http)([^)#]+)\)", README))
def test_links_lead_somewhere(path: str) -> None:
    """Within the repository."""
    assert (ROOT / path).exists()
