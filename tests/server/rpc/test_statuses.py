"""Every error of the tree reaches the client as a status with machine-readable details."""

from __future__ import annotations

import inspect

import grpc
import pytest
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo

from server import errors
from server.rpc.statuses import code_of, status_of


def _tree(root: type[errors.GroundwireError]) -> list[type[errors.GroundwireError]]:
    return [kind for child in root.__subclasses__() for kind in (child, *_tree(child))]


@pytest.mark.parametrize("kind", _tree(errors.GroundwireError), ids=lambda kind: kind.__name__)
def test_every_error_has_a_status_code(kind: type[errors.GroundwireError]) -> None:
    """A new branch of the tree fails here until the table knows it."""
    code = code_of(kind)

    assert code not in {grpc.StatusCode.OK, grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL}


def test_every_error_class_is_drawn_in_the_modules_tree() -> None:
    """The picture in the docstring is complete."""
    drawn = inspect.getdoc(errors) or ""

    assert [kind.__name__ for kind in _tree(errors.GroundwireError) if kind.__name__ not in drawn] == []


def test_wrong_input_names_its_field() -> None:
    """BadRequest carries the path of the field, ErrorInfo the reason."""
    status = status_of(errors.InvalidInput("passages[3].text", "at most 5 bytes, got 9", reason="FIELD_TOO_LONG"))

    info, bad = ErrorInfo(), BadRequest()
    assert status.details[0].Unpack(info)
    assert status.details[1].Unpack(bad)
    assert (info.reason, bad.field_violations[0].field) == ("FIELD_TOO_LONG", "passages[3].text")
    assert status.message == "passages[3].text: at most 5 bytes, got 9"


@pytest.mark.parametrize(
    "error", [errors.Overloaded("full", retry_after=2.5), errors.Unavailable("no", reason="X", retry_after=2.5)]
)
def test_what_may_succeed_later_says_when(error: errors.GroundwireError) -> None:
    """RetryInfo carries the wait."""
    status = status_of(error)

    retry = RetryInfo()
    assert status.details[-1].Unpack(retry)
    assert retry.retry_delay.ToTimedelta().total_seconds() == 2.5
