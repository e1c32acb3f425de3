"""The table of permissions."""

from __future__ import annotations

import pytest

from server.rpc.permissions import FILES, PERMISSIONS, check_complete, methods_of


def test_a_method_without_an_entry_stops_the_import() -> None:
    """The module runs this check on itself."""
    with pytest.raises(LookupError, match="Guess"):
        check_complete([*PERMISSIONS, "/groundwire.v1.Guard/Guess"])


def test_no_method_of_the_contract_is_open_to_everyone() -> None:
    """Only health and reflection are."""
    assert [method for method in methods_of(FILES) if PERMISSIONS[method] is None] == []
