import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwire.v1.guard_pb2 import Decision, ValidateResponse
from server.commands.terminal import counted, enum_name, plain, print_json


@given(st.text())
def test_nothing_that_a_document_says_commands_the_terminal(text: str) -> None:
    """Only line ends and tabs are left of the control characters."""
    assert not [c for c in plain(text) if (ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160]


def test_an_escape_sequence_becomes_visible() -> None:
    """What would clear the screen or turn text around shows up as something odd, and does nothing."""
    assert plain("\x1b[2Jharmless\u202e\r\nend") == "\N{REPLACEMENT CHARACTER}[2Jharmless\N{REPLACEMENT CHARACTER}\nend"


def test_enum_names_are_those_of_the_contract_without_their_prefix() -> None:
    """A number that only a newer server knows is shown as it is."""
    assert [enum_name(Decision.DESCRIPTOR, n) for n in (1, 3, 99)] == ["PASS", "BLOCK", "99"]


def test_json_has_every_field_under_its_name_in_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    """A program need not ask whether a field is there."""
    print_json(ValidateResponse())
    assert '"support_score": 0.0' in capsys.readouterr().out


def test_one_thing_is_counted_in_the_singular() -> None:
    """One case, two cases."""
    assert (counted(1, "case"), counted(2, "case")) == ("1 case", "2 cases")
