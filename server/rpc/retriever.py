"""`groundwire.v1.Retriever`: finds passages."""

from __future__ import annotations

from collections.abc import Callable

from groundwire.v1 import retriever_pb2, retriever_pb2_grpc
from server.deadline import Deadline
from server.domain import Query, Retrieval
from server.errors import InvalidInput
from server.rpc import convert
from server.rpc.identity import current_caller
from server.rpc.interceptors import Context
from server.rpc.workers import Workers


class RetrieverService(retriever_pb2_grpc.RetrieverServicer):
    """The service on top of the retrieval use case."""

    def __init__(self, workers: Workers, retrieve: Callable[[Query, Deadline], Retrieval]) -> None:
        self._workers = workers
        self._retrieve = retrieve

    async def Retrieve(
        self, request: retriever_pb2.RetrieveRequest, context: Context
    ) -> retriever_pb2.RetrieveResponse:
        """Find the passages that best match a query."""
        if not request.HasField("spec"):
            raise InvalidInput("spec", "required, got none", reason="FIELD_REQUIRED")
        query = convert.query("spec", request.spec, current_caller())
        # The reply is made in the thread too: the event loop has all the other calls to see to.
        return await self._workers.run(
            context, lambda deadline: convert.retrieve_response(self._retrieve(query, deadline))
        )
