"""Domain values survive the round trip through JSON."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from server.domain import (
    Attributes,
    Caller,
    Filter,
    Passage,
    Query,
    ReviewCase,
    Ruling,
    Span,
    Validity,
    Verdict,
)
from server.stores import serial

# The domain's times are UTC, where no hour comes twice.
_moments = st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(fold=0))
st.register_type_strategy(datetime, _moments)
_names = st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2)
st.register_type_strategy(Attributes, st.builds(Attributes, metadata=_names))
_callers = st.builds(Caller, attributes=_names, on_behalf_of=st.none())
st.register_type_strategy(Caller, _callers | st.builds(Caller, attributes=_names, on_behalf_of=_callers))
st.register_type_strategy(Filter, st.builds(Filter, metadata=_names))
st.register_type_strategy(Span, st.tuples(st.integers(0, 99), st.integers(0, 99)).map(lambda ends: Span(*sorted(ends))))


@settings(max_examples=25, phases=[Phase.generate], deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.from_type(kind) for kind in (ReviewCase, Attributes, Query, Verdict, Passage)))
def test_a_value_survives(value: object) -> None:
    """Everything the domain nests comes back as it was; compared as text, since NaN differs from itself."""
    assert repr(serial.loads(type(value), serial.dumps(value))) == repr(value)


def test_a_field_that_an_older_version_did_not_write_takes_its_default() -> None:
    """A stored value outlives the addition of a field."""
    assert serial.loads(Attributes, '{"title":"t"}') == Attributes(title="t")


def test_a_field_that_this_version_does_not_know_is_ignored() -> None:
    """A stored value outlives the removal of a field."""
    assert serial.loads(Validity, '{"start":null,"end":null,"colour":"red"}') == Validity()


@pytest.mark.parametrize("text", ["[]", "{", '{"note":"x"}', '{"resolution":"MAYBE","reviewer":"r"}'])
def test_what_is_no_such_value_is_refused(text: str) -> None:
    """Not an object, not JSON, a missing field, an unknown enum value."""
    with pytest.raises(ValueError, match=r".+"):
        serial.loads(Ruling, text)
