"""`groundwire.v1.Review`: lets people decide flagged answers."""

from __future__ import annotations

from dataclasses import dataclass

from groundwire.v1 import review_pb2, review_pb2_grpc
from server.errors import InvalidInput
from server.rpc import convert, limits
from server.rpc.identity import current_caller
from server.rpc.interceptors import Context
from server.rpc.workers import Workers
from server.usecases.replay import ReplayVerdict
from server.usecases.review import GetCase, ListCases, ResolveCase


@dataclass(frozen=True, slots=True)
class ReviewUseCases:
    """What the service stands on."""

    list: ListCases
    get: GetCase
    resolve: ResolveCase
    replay: ReplayVerdict


class ReviewService(review_pb2_grpc.ReviewServicer):
    """The service on top of the review use cases."""

    def __init__(self, workers: Workers, use_cases: ReviewUseCases) -> None:
        self._workers = workers
        self._use_cases = use_cases

    async def ListCases(self, request: review_pb2.ListCasesRequest, context: Context) -> review_pb2.ListCasesResponse:
        """List cases, newest first."""
        state = convert.case_state(request.state)
        decision = convert.decision(request.decision)
        size = limits.between("page_size", request.page_size, 1, 1000, default=50)
        token = limits.text("page_token", request.page_token, limits.URI_BYTES)
        caller = current_caller()
        page = await self._workers.run(context, lambda _: self._use_cases.list(caller, state, decision, size, token))
        return review_pb2.ListCasesResponse(
            cases=[convert.case_summary(case) for case in page.items], next_page_token=page.next_page_token
        )

    async def GetCase(self, request: review_pb2.GetCaseRequest, context: Context) -> review_pb2.GetCaseResponse:
        """Return a case."""
        case_id = limits.name("case_id", request.case_id, required=True)
        caller = current_caller()
        case = await self._workers.run(context, lambda _: self._use_cases.get(caller, case_id))
        return review_pb2.GetCaseResponse(case=convert.case_message(case))

    async def ResolveCase(
        self, request: review_pb2.ResolveCaseRequest, context: Context
    ) -> review_pb2.ResolveCaseResponse:
        """Record a person's decision."""
        case_id = limits.name("case_id", request.case_id, required=True)
        if not request.HasField("ruling"):
            raise InvalidInput("ruling", "required, got none", reason="FIELD_REQUIRED")
        ruling = convert.ruling(request.ruling)
        caller = current_caller()
        case = await self._workers.run(context, lambda _: self._use_cases.resolve(caller, case_id, ruling))
        return review_pb2.ResolveCaseResponse(case=convert.case_message(case))

    async def Replay(self, request: review_pb2.ReplayRequest, context: Context) -> review_pb2.ReplayResponse:
        """Give a verdict again, under the versions in force now."""
        caller, replay, again = current_caller(), self._use_cases.replay, request.retrieve_again
        if request.WhichOneof("verdict") == "recorded":
            recorded = convert.recorded(request.recorded, caller)
            verdict = await self._workers.run(
                context, lambda deadline: replay.of_record(recorded, retrieve_again=again, deadline=deadline)
            )
            after = convert.validate_response(recorded.request.answer, verdict)
            return review_pb2.ReplayResponse(before=request.recorded.response, after=after)
        case_id = limits.name("case_id", request.case_id, required=True)
        case, verdict = await self._workers.run(
            context, lambda deadline: replay.of_case(caller, case_id, retrieve_again=again, deadline=deadline)
        )
        return review_pb2.ReplayResponse(
            before=convert.validate_response(case.request.answer, case.verdict),
            after=convert.validate_response(case.request.answer, verdict),
        )
