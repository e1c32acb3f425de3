import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest

import groundwire
from groundwire.client import MAX_MESSAGE_BYTES, SERVICE_CONFIG
from groundwire.v1 import corpus_pb2, guard_pb2, guard_pb2_grpc, retriever_pb2, review_pb2

Serve = Callable[["FailingGuard"], str]


class FailingGuard(guard_pb2_grpc.GuardServicer):
    """Ends its first `failures` calls with `code` and answers those after them."""

    def __init__(self, failures: int, code: grpc.StatusCode) -> None:
        self.calls = 0
        self.headers: dict[str, str | bytes] = {}
        self._failures = failures
        self._code = code

    def Validate(self, request: guard_pb2.ValidateRequest, context: grpc.ServicerContext) -> guard_pb2.ValidateResponse:
        """Answer, or fail."""
        self.calls += 1
        self.headers = dict(context.invocation_metadata())
        if self.calls <= self._failures:
            context.abort(self._code, "not now")
        return guard_pb2.ValidateResponse(decision=guard_pb2.DECISION_PASS)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server with the given guard and returns its address."""
    server = grpc.server(ThreadPoolExecutor(2), options=[("grpc.max_receive_message_length", MAX_MESSAGE_BYTES)])

    def start(guard: FailingGuard) -> str:
        guard_pb2_grpc.add_GuardServicer_to_server(guard, server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        return f"127.0.0.1:{port}"

    yield start
    server.stop(None).wait()


@pytest.mark.parametrize("code", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED])
def test_a_call_that_a_stopping_server_refused_is_repeated(serve: Serve, code: grpc.StatusCode) -> None:
    """UNAVAILABLE and CANCELLED are what a restart looks like from outside; the caller does not notice it."""
    guard = FailingGuard(2, code)
    with groundwire.connect(serve(guard)) as client:
        verdict = client.guard.Validate(guard_pb2.ValidateRequest(answer="Yes."), timeout=10)
    assert (verdict.decision, guard.calls) == (guard_pb2.DECISION_PASS, 3)


def test_a_large_call_is_repeated_too(serve: Serve) -> None:
    """The largest request that `Validate` takes fits into what gRPC keeps for another attempt."""
    guard = FailingGuard(1, grpc.StatusCode.UNAVAILABLE)
    answer = "x" * (5 << 20)
    with groundwire.connect(serve(guard)) as client:
        client.guard.Validate(guard_pb2.ValidateRequest(answer=answer), timeout=10)
    assert guard.calls == 2


@pytest.mark.parametrize("code", [grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.RESOURCE_EXHAUSTED])
def test_a_call_that_would_fail_again_is_not_repeated(serve: Serve, code: grpc.StatusCode) -> None:
    """The same wrong request is wrong the next time, and an overloaded server is not helped by more calls."""
    guard = FailingGuard(1, code)
    with groundwire.connect(serve(guard)) as client, pytest.raises(grpc.RpcError) as failure:
        client.guard.Validate(guard_pb2.ValidateRequest(answer="Yes."), timeout=10)
    assert (failure.value.code(), guard.calls) == (code, 1)


def test_the_service_config_names_methods_of_the_contract_and_none_that_must_not_be_repeated() -> None:
    """A misspelt method would silently never be repeated; a streamed upsert and a ruling must not be."""
    modules = (corpus_pb2, guard_pb2, retriever_pb2, review_pb2)
    services = [s for module in modules for s in module.DESCRIPTOR.services_by_name.values()]
    methods = {(service.full_name, method.name) for service in services for method in service.methods}
    names = json.loads(SERVICE_CONFIG)["methodConfig"][0]["name"]
    repeated = {(name["service"], name["method"]) for name in names}
    assert methods - repeated == {
        ("groundwire.v1.Corpus", "UpsertDocuments"),
        ("groundwire.v1.Guard", "ValidateStream"),
        ("groundwire.v1.Review", "ResolveCase"),
    }
    assert repeated <= methods


def test_a_proxy_in_the_environment_does_not_stand_between_client_and_loopback(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Machines behind a proxy set `http_proxy`, which cannot reach this machine's loopback."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with groundwire.connect(serve(FailingGuard(0, grpc.StatusCode.UNAVAILABLE))) as client:
        verdict = client.guard.Validate(guard_pb2.ValidateRequest(answer="Yes."), timeout=10)
    assert verdict.decision == guard_pb2.DECISION_PASS


def test_closing_ends_the_connection(serve: Serve) -> None:
    """A closed client refuses further calls."""
    with groundwire.connect(serve(FailingGuard(0, grpc.StatusCode.UNAVAILABLE))) as client:
        pass
    with pytest.raises(ValueError, match="closed channel"):
        client.guard.Validate(guard_pb2.ValidateRequest(answer="Yes."))


def test_a_token_goes_with_every_call(serve: Serve) -> None:
    """As the header that the server looks at."""
    guard = FailingGuard(0, grpc.StatusCode.OK)
    with groundwire.connect(serve(guard), token="gw_app_1") as client:
        client.guard.Validate(guard_pb2.ValidateRequest(), timeout=10)
    assert guard.headers["authorization"] == "Bearer gw_app_1"


def test_a_token_does_not_go_out_in_the_clear() -> None:
    """Only TLS takes it to another machine."""
    with pytest.raises(ValueError, match="in the clear"):
        groundwire.connect("groundwire.example:50051", token="gw_app_1")
    credentials = grpc.ssl_channel_credentials()
    groundwire.connect("groundwire.example:50051", token="gw_app_1", credentials=credentials).close()
