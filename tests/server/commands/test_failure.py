from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest

import groundwire
from groundwire.v1 import corpus_pb2, guard_pb2, guard_pb2_grpc
from server.commands.connection import connected
from server.commands.failure import CommandFailed, retry_delay
from server.errors import GroundwireError, InvalidInput, Overloaded
from server.rpc.statuses import DETAILS_KEY, code_of, status_of

Serve = Callable[[GroundwireError], str]


class RefusingGuard(guard_pb2_grpc.GuardServicer):
    """Ends every call with the status of one error."""

    def __init__(self, error: GroundwireError) -> None:
        self._error = error

    def Validate(self, request: guard_pb2.ValidateRequest, context: grpc.ServicerContext) -> guard_pb2.ValidateResponse:
        """Fail."""
        context.set_trailing_metadata(((DETAILS_KEY, status_of(self._error).SerializeToString()),))
        context.abort(code_of(type(self._error)), self._error.message)


@pytest.fixture
def refuse() -> Iterator[Serve]:
    """Starts a server that refuses every answer with the given error, and returns its address."""
    server = grpc.server(ThreadPoolExecutor(1))

    def start(error: GroundwireError) -> str:
        guard_pb2_grpc.add_GuardServicer_to_server(RefusingGuard(error), server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        return f"127.0.0.1:{port}"

    yield start
    server.stop(None).wait()


def test_a_wrong_field_is_named_with_its_limit(refuse: Serve) -> None:
    """The server's own words say it best."""
    address = refuse(InvalidInput("answer", "at most 10 bytes, got 11", reason="FIELD_TOO_LONG"))
    with pytest.raises(CommandFailed) as failure, connected(address) as client:
        client.guard.Validate(guard_pb2.ValidateRequest())
    assert str(failure.value) == "INVALID_ARGUMENT FIELD_TOO_LONG: answer: at most 10 bytes, got 11"


def test_an_overloaded_server_says_when_to_come_back(refuse: Serve) -> None:
    """The delay that the server names reaches the person and the program."""
    with groundwire.connect(refuse(Overloaded("too many calls", retry_after=2.5))) as client:
        with pytest.raises(grpc.RpcError) as error:
            client.guard.Validate(guard_pb2.ValidateRequest())
        assert retry_delay(error.value) == 2.5


def test_without_a_server_the_message_says_how_to_start_one() -> None:
    """The most common mistake has the most helpful answer."""
    with pytest.raises(CommandFailed) as failure, connected("127.0.0.1:1") as client:
        client.guard.Validate(guard_pb2.ValidateRequest())
    first, second = str(failure.value).splitlines()
    assert first == "no Groundwire server answers at 127.0.0.1:1"
    assert "`groundwire serve`" in second


def test_a_server_of_another_kind_is_recognised(refuse: Serve) -> None:
    """A port that something else took is not mistaken for a failure of ours."""
    address = refuse(Overloaded("never said"))
    with pytest.raises(CommandFailed, match="does not know this call"), connected(address) as client:
        client.corpus.GetDocument(corpus_pb2.GetDocumentRequest())
