"""TLS, and clients that show a certificate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from groundwire.v1 import review_pb2, review_pb2_grpc
from server.access.clients import load_clients
from server.access.identities import Identities
from server.config import Settings
from server.domain import Page
from server.errors import InvalidConfiguration
from server.rpc.tls import server_credentials

Serve = Callable[..., Any]


class Authority:
    """Issues certificates, into files."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        constraint = (x509.BasicConstraints(ca=True, path_length=None), True)
        self.certificate = folder / f"{name}.pem"
        self._write(self.certificate, self._signed(self._name, self._key, constraint))

    def issue(self, name: str, *alternative: x509.GeneralName) -> tuple[Path, Path]:
        """The files of a certificate and of its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate, pem = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        self._write(certificate, self._signed(subject, key, (x509.SubjectAlternativeName(alternative), False)))
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        pem.write_bytes(key.private_bytes(*form))
        return certificate, pem

    def _signed(self, subject: x509.Name, key: Any, extension: tuple[Any, bool]) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(
            self._name, subject, key.public_key(), x509.random_serial_number(), now - timedelta(1), now + timedelta(1)
        )
        return builder.add_extension(*extension).sign(self._key, hashes.SHA256())

    def _write(self, file: Path, certificate: x509.Certificate) -> None:
        file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """One that server and clients trust."""
    return Authority(tmp_path, "authority")


def _settings(authority: Authority, *, mutual: bool) -> Settings:
    certificate, key = authority.issue("localhost", x509.DNSName("localhost"))
    return Settings(tls_certificate=certificate, tls_key=key, tls_client_ca=authority.certificate if mutual else None)


def _client(authority: Authority, pair: tuple[Path, Path] | None = None) -> grpc.ChannelCredentials:
    certificate, key = (None, None) if pair is None else (each.read_bytes() for each in pair)
    return grpc.ssl_channel_credentials(authority.certificate.read_bytes(), key, certificate)


async def _list(channel: Any) -> grpc.StatusCode:
    try:
        await review_pb2_grpc.ReviewStub(channel).ListCases(review_pb2.ListCasesRequest(), timeout=5)
    except grpc.aio.AioRpcError as error:
        return error.code()
    return grpc.StatusCode.OK


class _NoCases:
    list = staticmethod(lambda *_: Page(()))


async def test_calls_go_over_tls(serve: Serve, authority: Authority) -> None:
    """Who speaks in the clear, or trusts another authority, gets no answer."""
    tls = server_credentials(_settings(authority, mutual=False))
    other = Authority(authority.certificate.parent, "other")
    codes = []
    for channel_credentials in (_client(authority), _client(other), None):
        async with serve(review=_NoCases(), tls=tls, channel_credentials=channel_credentials) as channel:
            codes.append(await _list(channel))

    assert codes == [grpc.StatusCode.OK, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.UNAVAILABLE]


async def test_a_certificate_tells_the_client(serve: Serve, authority: Authority, tmp_path: Path) -> None:
    """By its alternative name; one that the authority signed for somebody else tells nobody, none is no connection."""
    web = {"id": "web", "certificate": "spiffe://acme/web", "tenant": "acme", "roles": ["reviewer"]}
    (tmp_path / "clients.yaml").write_text(yaml.safe_dump([web]))
    identities = Identities(None, lambda: load_clients(tmp_path / "clients.yaml"))
    tls = server_credentials(_settings(authority, mutual=True))
    known = authority.issue("web", x509.UniformResourceIdentifier("spiffe://acme/web"))
    unknown = authority.issue("stranger", x509.UniformResourceIdentifier("spiffe://acme/stranger"))
    codes = []
    for pair in (known, unknown, None):
        given = {"tls": tls, "channel_credentials": _client(authority, pair)}
        async with serve(review=_NoCases(), authenticator=identities, **given) as channel:
            codes.append(await _list(channel))

    assert codes == [grpc.StatusCode.OK, grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.UNAVAILABLE]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """At start, and not at the first connection."""
    missing = tmp_path / "missing.pem"
    with pytest.raises(InvalidConfiguration, match=r"missing\.pem: cannot be read"):
        server_credentials(Settings(tls_certificate=missing, tls_key=missing))
