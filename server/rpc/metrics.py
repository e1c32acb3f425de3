"""What the service counts, in Prometheus form. Labels hold methods, codes, decisions and the like, never content."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from server.domain import Leak, Verdict

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The service's counters, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._calls = Counter(
            "groundwire_calls", "Calls by method and status code.", ["method", "code"], registry=self.registry
        )
        self._seconds = Histogram(
            "groundwire_call_seconds", "Wall-clock time of calls.", ["method"], buckets=_SECONDS, registry=self.registry
        )
        self._decisions = Counter(
            "groundwire_decisions",
            "Verdicts by decision, policy and prompt.",
            ["decision", "policy", "prompt"],
            registry=self.registry,
        )
        self._claims = Counter("groundwire_claims", "Claims by label.", ["label"], registry=self.registry)
        self._reasons = Counter(
            "groundwire_reasons", "Reasons not to pass an answer.", ["code"], registry=self.registry
        )
        self._degraded = Counter(
            "groundwire_degraded", "Replies by what was degraded.", ["component"], registry=self.registry
        )
        self._stopped = Counter(
            "groundwire_stopped_answers", "Answers stopped while they were written.", registry=self.registry
        )
        self._leaked = Counter(
            "groundwire_leaked_pieces",
            "Pieces of stopped answers from the claim that stopped them on.",
            registry=self.registry,
        )
        self._confidence = Histogram(
            "groundwire_confidence",
            "Confidence of verdicts.",
            buckets=[i / 10 for i in range(1, 11)],
            registry=self.registry,
        )
        self._waiting = Gauge(
            "groundwire_waiting_calls", "Admitted calls that wait for a thread.", ["pool"], registry=self.registry
        )

    def leaked(self, leak: Leak | None) -> None:
        """What an answer that was stopped let out before; None when it was not stopped."""
        if leak is not None:
            self._stopped.inc()
            self._leaked.inc(leak.pieces)

    def call(self, method: str, code: str, seconds: float) -> None:
        """One finished call."""
        self._calls.labels(method, code).inc()
        self._seconds.labels(method).observe(seconds)

    def waiting(self, pool: str, calls: int) -> None:
        """How many calls wait for a thread of `pool` now."""
        self._waiting.labels(pool).set(calls)

    def verdict(self, verdict: Verdict, prompt: str) -> None:
        """One verdict; `prompt` is the name of the prompt that the answer came from."""
        self._decisions.labels(verdict.decision.value, verdict.versions.policy, prompt).inc()
        self._confidence.observe(verdict.confidence)
        for claim in verdict.claims:
            self._claims.labels(claim.label.value).inc()
        for code in {reason.code for reason in verdict.reasons}:
            self._reasons.labels(code.value).inc()
        for component in {degradation.component for degradation in verdict.degraded}:
            self._degraded.labels(component).inc()
