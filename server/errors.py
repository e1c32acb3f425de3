"""Every error the service raises on purpose; `server.rpc.statuses` maps the tree to status codes.

GroundwireError
+-- InvalidInput          the request is wrong, and the same request will always be wrong
+-- Unauthenticated       the call does not show who makes it
+-- PermissionDenied      the caller may not do this at all, whatever it names
+-- NotFound              the thing named does not exist, or the caller may not know that it does
+-- StateConflict         the thing exists, but its state forbids what was asked
+-- Overloaded            the service sheds load; try again later
+-- DeadlineExceeded      the caller's time ran out
+-- StreamSilent          the caller of a stream sends nothing more and does not end it
+-- Unavailable           a part of the service cannot answer now
|   +-- ModelFailure      an ONNX session failed or returned something that is not a probability
|   +-- StoreFailure      the records or an index cannot be read or written
+-- InvalidConfiguration  raised at start only: a setting, policy or weight file is wrong
"""

from __future__ import annotations

from collections.abc import Mapping


class GroundwireError(Exception):
    """The root: a sentence for people and a `reason` (UPPER_SNAKE_CASE, stable) for programs.

    `details` are key-value pairs that help a program react; they never hold content of documents or answers.
    """

    def __init__(self, message: str, *, reason: str, details: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason
        self.details: Mapping[str, str] = dict(details or {})


class InvalidInput(GroundwireError):
    """A field of the request breaks its rule. Expected; the message names the field, the limit and what was sent.

    `field` is the path in the request, such as `passages[3].text`.
    """

    def __init__(self, field: str, problem: str, *, reason: str = "INVALID_FIELD") -> None:
        super().__init__(f"{field}: {problem}", reason=reason, details={"field": field})
        self.field = field
        self.problem = problem


class Unauthenticated(GroundwireError):
    """Nobody knows who calls. The caller learns no more than that; `because` is for the server's own log."""

    def __init__(self, because: str = "") -> None:
        super().__init__("the call carries no valid credentials", reason="UNAUTHENTICATED")
        self.because = because


class PermissionDenied(GroundwireError):
    """The caller lacks the permission that the method asks for, or its region is not this server's."""

    def __init__(
        self, message: str = "this caller may not call this method", *, reason: str = "PERMISSION_DENIED"
    ) -> None:
        super().__init__(message, reason=reason)


class NotFound(GroundwireError):
    """Nothing with that name is there for this caller. Forbidden and absent read the same."""

    def __init__(self, kind: str, name: str) -> None:
        reason = f"{kind.upper().replace(' ', '_')}_NOT_FOUND"
        super().__init__(f"no {kind} {name!r}", reason=reason, details={"name": name})


class StateConflict(GroundwireError):
    """What was asked does not fit the state of the thing, such as resolving a case twice."""


class Overloaded(GroundwireError):
    """The service refuses work that it could not finish in time; `retry_after` is in seconds."""

    def __init__(self, message: str, *, reason: str = "OVERLOADED", retry_after: float = 1.0) -> None:
        super().__init__(message, reason=reason)
        self.retry_after = retry_after


class DeadlineExceeded(GroundwireError):
    """The caller's deadline passed before, or while, the work was done."""

    def __init__(self, during: str) -> None:
        super().__init__(f"the deadline passed during {during}", reason="DEADLINE_EXCEEDED", details={"during": during})


class StreamSilent(GroundwireError):
    """The caller of a stream sent nothing for `seconds`, so the server no longer waits."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"no piece of the answer came for {seconds:g} s; end the stream when the answer is complete",
            reason="STREAM_SILENT",
        )


class Unavailable(GroundwireError):
    """A part of the service cannot answer now; the same request may succeed in `retry_after` seconds."""

    def __init__(self, message: str, *, reason: str, retry_after: float = 1.0) -> None:
        super().__init__(message, reason=reason)
        self.retry_after = retry_after


class ModelFailure(Unavailable):
    """A model crashed or returned values that are no probabilities. Validation turns it into NOT_CHECKED."""

    def __init__(self, message: str) -> None:
        super().__init__(message, reason="MODEL_FAILURE")


class StoreFailure(Unavailable):
    """The records or an index failed; nothing was acknowledged."""

    def __init__(self, message: str) -> None:
        super().__init__(message, reason="STORE_FAILURE")


class InvalidConfiguration(GroundwireError):
    """A setting, a policy file or a weight file is wrong; raised before the server takes its first call."""

    def __init__(self, message: str) -> None:
        super().__init__(message, reason="INVALID_CONFIGURATION")
