"""TLS for the server: certificates from files, which may be replaced while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import grpc

from server.access.watched import Watched
from server.config import Settings
from server.errors import InvalidConfiguration


@dataclass(frozen=True, slots=True)
class _Pems:
    """The content of the files."""

    certificate: bytes
    key: bytes
    client_ca: bytes | None


def server_credentials(settings: Settings) -> grpc.ServerCredentials | None:
    """What the settings name, with new files used from the next handshake on; None without a certificate.

    Raises InvalidConfiguration for a file that cannot be read.
    """
    if settings.tls_certificate is None or settings.tls_key is None:
        return None
    certificate, key, client_ca = settings.tls_certificate, settings.tls_key, settings.tls_client_ca
    files = [certificate, key] if client_ca is None else [certificate, key, client_ca]
    pems = Watched(
        lambda: _Pems(_read(certificate), _read(key), None if client_ca is None else _read(client_ca)), lambda: files
    )
    return grpc.dynamic_ssl_server_credentials(
        _configuration(pems()),
        lambda: _configuration(pems()),
        require_client_authentication=client_ca is not None,
    )


def _configuration(pems: _Pems) -> grpc.ServerCertificateConfiguration:
    return grpc.ssl_server_certificate_configuration([(pems.key, pems.certificate)], pems.client_ca)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidConfiguration(f"{path}: cannot be read: {error.strerror}") from None
