"""How much each tenant may use."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from server.access.quotas import CallQuotas, StorageQuota
from server.access.tenants import Tenant, Tenants, load_tenants
from server.errors import InvalidConfiguration, Overloaded

FILE = """
"*": {calls_per_second: 2}
acme: {calls_per_second: 0.5, concurrent_calls: 1, stored_bytes: 100, region: eu}
free:
"""


@dataclass
class Clock:
    """Goes on by hand."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def _tenants(**limits: object) -> Tenants:
    return Tenants({"acme": Tenant.model_validate(limits)})


def _refused(quotas: CallQuotas, tenant: str = "acme") -> Overloaded:
    with pytest.raises(Overloaded) as caught, quotas.call(tenant):
        pass
    return caught.value


def test_a_tenant_has_its_own_entry_or_that_of_the_others(tmp_path: Path) -> None:
    """An empty entry sets no limit."""
    (tmp_path / "tenants.yaml").write_text(FILE)
    tenants = load_tenants(tmp_path / "tenants.yaml")
    assert (tenants.of("acme").region, tenants.of("acme").concurrent_calls) == ("eu", 1)
    assert tenants.of("somebody").calls_per_second == 2
    assert tenants.of("free") == load_tenants(None).of("acme") == Tenant()


@pytest.mark.parametrize("text", ["- acme", "acme: {calls: 1}", "acme: {calls_per_second: 0}", "acme: 7", "["])
def test_a_wrong_file_is_refused(tmp_path: Path, text: str) -> None:
    """A misspelt limit is no limit."""
    (tmp_path / "tenants.yaml").write_text(text)
    with pytest.raises(InvalidConfiguration, match=r"tenants\.yaml"):
        load_tenants(tmp_path / "tenants.yaml")


def test_calls_come_at_the_tenants_rate() -> None:
    """A second's worth can be saved up; the reply says when the next one may come, and then it may."""
    clock = Clock()
    quotas = CallQuotas(lambda: _tenants(calls_per_second=2), clock)
    for _ in range(3):
        for _ in range(2):
            with quotas.call("acme"):
                pass
        refused = _refused(quotas)
        assert (refused.reason, refused.retry_after) == ("TENANT_RATE", 0.5)
        clock.now += refused.retry_after
        with quotas.call("acme"):
            pass
        clock.now += 100


def test_one_tenants_calls_are_not_anothers() -> None:
    """Nor are those under way."""
    limits = {"calls_per_second": 1, "concurrent_calls": 1}
    quotas = CallQuotas(lambda: Tenants({"*": Tenant.model_validate(limits)}), Clock())
    with quotas.call("acme"), quotas.call("other"):
        assert _refused(quotas).reason == "TENANT_CONCURRENCY"
    assert _refused(quotas).reason == "TENANT_RATE"


def test_calls_under_way_are_counted_until_they_end() -> None:
    """Also those that fail."""
    quotas = CallQuotas(lambda: _tenants(concurrent_calls=2), Clock())
    with ExitStack() as under_way:
        for _ in range(2):
            under_way.enter_context(quotas.call("acme"))
        assert _refused(quotas).reason == "TENANT_CONCURRENCY"
    with pytest.raises(KeyError), quotas.call("acme"):
        raise KeyError
    with quotas.call("acme"), quotas.call("acme"):
        pass


def test_no_entry_is_no_limit() -> None:
    """For calls and for bytes."""
    quotas = CallQuotas(Tenants, Clock())
    for _ in range(100):
        with quotas.call("acme"):
            pass
    with quotas.call("acme"), quotas.call("acme") as second:
        assert second is None
    StorageQuota(Tenants, lambda _: 1 << 60, Clock()).take("acme", 1 << 60)


def test_bytes_are_counted_and_measured() -> None:
    """What was sent counts until the next measurement, which may find less: documents were deleted, or did not change."""
    stored, clock = [40], Clock(1_000.0)
    quota = StorageQuota(lambda: _tenants(stored_bytes=100), lambda _: stored[0], clock)
    quota.take("acme", 30)
    stored[0] = 70
    quota.take("acme", 30)
    stored[0] = 100
    with pytest.raises(Overloaded) as caught:
        quota.take("acme", 1)
    assert caught.value.reason == "TENANT_STORAGE"
    stored[0] = 10
    quota.take("acme", 90)
