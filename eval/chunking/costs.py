"""What retrieved context costs: tokens of a request, times requests, times price."""

from __future__ import annotations

from dataclasses import dataclass

DAYS_A_MONTH = 30
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Traffic:
    """Requests a day, and what each of them sends and gets beside the retrieved passages, in tokens."""

    requests_a_day: int = 10_000
    system_tokens: int = 1_000
    question_tokens: int = 500
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars for a million tokens. Cached input, which the system prompt is after the first request, costs less.

    cache_discount: the share of the input price that cached tokens save, in [0, 1].
    """

    input: float = 2.5
    output: float = 10.0
    cache_discount: float = 0.0


@dataclass(frozen=True, slots=True)
class Bill:
    """Tokens a day, and US dollars a day and a month of 30 days."""

    tokens_a_day: float
    dollars_a_day: float

    @property
    def dollars_a_month(self) -> float:
        """For 30 days."""
        return self.dollars_a_day * DAYS_A_MONTH


def bill(context_tokens: float, traffic: Traffic, prices: Prices) -> Bill:
    """What requests with `context_tokens` tokens of passages each come to."""
    fresh = context_tokens + traffic.question_tokens
    cached = traffic.system_tokens
    paid = prices.input * (fresh + cached * (1 - prices.cache_discount)) + prices.output * traffic.output_tokens
    tokens = fresh + cached + traffic.output_tokens
    return Bill(traffic.requests_a_day * tokens, traffic.requests_a_day * paid / _MILLION)
