"""The service's settings: read once at start, checked, frozen, and handed down as values.

Each comes from a keyword, the environment (`GROUNDWIRE_` and the name in capitals), or a YAML file; the first one wins.
"""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from server.errors import InvalidConfiguration

_PREFIX = "GROUNDWIRE_"
SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Algorithms for tokens: signatures with a private key that this server does not have."""
WEIGHTS = Path(__file__).parent / "models" / "weights"


class Settings(BaseSettings):
    """All settings with their defaults; `description` is what the README's table says of each."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, extra="forbid")

    listen: str = Field(
        "127.0.0.1:50051", description="Address of the gRPC server, host:port. Port 0 takes a free one."
    )
    allow_unauthenticated: bool = Field(
        False, description="Listen on other addresses than loopback although callers are not identified."
    )
    allow_plaintext: bool = Field(
        False, description="Listen on other addresses than loopback without TLS, for a proxy in front that has it."
    )
    tls_certificate: Path | None = Field(None, description="PEM file of the server's certificate and its chain.")
    tls_key: Path | None = Field(None, description="PEM file of the certificate's private key.")
    tls_client_ca: Path | None = Field(
        None, description="PEM file of the authorities whose certificates clients must have (mutual TLS)."
    )
    clients: Path | None = Field(None, description="YAML file of the clients that have a key or a certificate.")
    tenants: Path | None = Field(None, description="YAML file of the tenants' regions and quotas.")
    jwt_keys: str = Field("", description="JWK set that tokens are signed with: an https address or a file.")
    jwt_issuer: str = Field("", description="Who must have issued tokens (`iss`).")
    jwt_audience: str = Field(
        "",
        description="Whom tokens must be meant for (`aud`); a user's that an application sends, with `/on-behalf-of` after it.",
    )
    jwt_algorithms: str = Field("RS256,ES256,EdDSA", description="Algorithms that tokens may be signed with.")
    jwt_leeway: float = Field(30.0, ge=0, le=300, description="Seconds that the issuer's clock may differ.")
    data_dir: Path = Field(Path("groundwire-data"), description="Folder of the database, the indexes and the lock.")
    database_url: str = Field("", description="SQLAlchemy URL of the records. Empty: a SQLite file in `data_dir`.")
    signing_key: Path | None = Field(
        None, description="Ed25519 private key (PEM) that signs audit heads and receipts. None: one made in `data_dir`."
    )
    audit_policy: Path | None = Field(
        None, description="YAML file that says what the audit keeps of content, and for how long."
    )
    masking_policy: Path | None = Field(
        None, description="YAML file that says what is masked, how, and for whom. None: nothing is."
    )
    policies: Path | None = Field(None, description="Folder of policy files that add to the built-in default policy.")
    access_policies: Path | None = Field(
        None, description="Folder of Cedar files that replace the built-in policies on access."
    )
    region: str = Field("", max_length=64, description="Region of this server; it keeps documents of no other.")
    embedder: Path = Field(WEIGHTS / "embedder", description="Folder of the embedding model.")
    entailment: Path = Field(WEIGHTS / "entailment", description="Folder of the entailment model.")
    inference_threads: int = Field(0, ge=0, le=256, description="Threads that run models. 0: one a core.")
    share_core: Literal["auto", "always", "never"] = Field(
        "auto",
        description="Whether the threads that run Python share one core and leave the others to the models (Linux). "
        "auto: on up to 4 cores.",
    )
    remembered_scores: int = Field(
        50_000,
        ge=0,
        le=100_000_000,
        description="Scores of the entailment model kept in memory, about 300 bytes each, for pairs that come again. 0: none.",
    )
    max_chunk_tokens: int = Field(200, ge=16, le=8192, description="Tokens of a chunk, its context prefix included.")
    chunk_overlap_tokens: int = Field(0, ge=0, le=4096, description="Tokens that neighbouring chunks share.")
    chunks_a_passage: int = Field(
        1,
        ge=1,
        le=16,
        description="Chunks that are taken for each passage asked for; neighbours among them are joined. "
        "1: passages are chunks.",
    )
    exact_index_limit: int = Field(
        50_000, ge=1, description="Chunks of a tenant up to which dense search is exact; an inverted file serves more."
    )
    history_days: float = Field(
        0,
        ge=0,
        le=36_500,
        description="Days for which superseded versions can be read and asked about. 0: as long as their document.",
    )
    validate_threads: int = Field(16, ge=1, le=256, description="Calls of Validate that run at once.")
    read_threads: int = Field(
        0,
        ge=0,
        le=256,
        description="Calls of Retrieve, Review and of documents' texts that run at once. 0: four a core.",
    )
    write_threads: int = Field(4, ge=1, le=64, description="Calls that store or delete documents that run at once.")
    queue: int = Field(256, ge=0, le=100_000, description="Calls that may wait for a thread before more are refused.")
    default_timeout: float = Field(30.0, gt=0, description="Seconds a read may take when the caller sets no deadline.")
    stream_silence: float = Field(
        60.0, gt=0, description="Seconds that ValidateStream waits for the next piece of an answer."
    )
    max_message_bytes: int = Field(64 << 20, ge=1 << 20, le=1 << 30, description="Size of a message, in bytes.")
    max_concurrent_calls: int = Field(1024, ge=1, description="Calls under way at once before more are refused.")
    drain_seconds: float = Field(20.0, ge=0, description="Seconds that calls under way get to end after SIGTERM.")
    reflection: bool = Field(True, description="Offer gRPC reflection, which `buf curl` and `grpcurl` use.")
    metrics_listen: str = Field("", description="Address of the Prometheus endpoint, host:port. Empty: none.")
    log_format: Literal["console", "json"] = Field("console", description="How log lines look.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least that is logged.")

    @field_validator("listen", "metrics_listen")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value:
            host_and_port(value)
        return value

    @property
    def identifies_callers(self) -> bool:
        """Whether there is something by which callers can show who they are."""
        return self.clients is not None or bool(self.jwt_keys)

    @model_validator(mode="after")
    def _reachable_only_when_safe(self) -> Settings:
        if is_loopback(host_and_port(self.listen)[0]):
            return self
        if not self.identifies_callers and not self.allow_unauthenticated:
            raise ValueError(
                f"listen: {self.listen} can be reached from other machines, and callers are not identified; listen on "
                "127.0.0.1, set clients or jwt_keys, or set allow_unauthenticated if something in front of the server "
                "identifies them"
            )
        if self.identifies_callers and self.tls_certificate is None and not self.allow_plaintext:
            raise ValueError(
                f"listen: {self.listen} can be reached from other machines, and keys and tokens would go there in the "
                "clear; set tls_certificate and tls_key, or allow_plaintext if something in front of the server has TLS"
            )
        return self

    @model_validator(mode="after")
    def _identities_are_complete(self) -> Settings:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate, tls_key: one of them is of no use without the other")
        if self.tls_client_ca is not None and self.tls_certificate is None:
            raise ValueError("tls_client_ca: clients can show certificates over TLS alone; set tls_certificate too")
        if self.jwt_keys.startswith("http://"):
            raise ValueError("jwt_keys: https, or whoever sits in between could put keys of their own there")
        if self.jwt_keys and not (self.jwt_issuer and self.jwt_audience):
            raise ValueError("jwt_keys: needs jwt_issuer and jwt_audience, or tokens made for others would be taken")
        return self

    @field_validator("jwt_algorithms")
    @classmethod
    def _are_signatures(cls, value: str) -> str:
        for name in value.split(","):
            if name not in SIGNATURES:
                raise ValueError(f"some of {', '.join(SIGNATURES)}, with commas in between")
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> Settings:
        if self.chunk_overlap_tokens > self.max_chunk_tokens // 2:
            raise ValueError(
                f"chunk_overlap_tokens: at most half of max_chunk_tokens, which is {self.max_chunk_tokens}, "
                f"got {self.chunk_overlap_tokens}"
            )
        return self


def load_settings(file: Path | None = None, **overrides: object) -> Settings:
    """The settings in force: `overrides` that are not None, then the environment, then the YAML `file`, then defaults.

    Raises `InvalidConfiguration` with one line for each setting that is wrong.
    """
    in_file = _read(file) if file else {}
    # A keyword beats the environment in pydantic-settings, so what the environment sets is taken out of the file.
    values = {name: value for name, value in in_file.items() if f"{_PREFIX}{name.upper()}" not in os.environ}
    values.update({name: value for name, value in overrides.items() if value is not None})
    try:
        return Settings(**values)
    except ValidationError as error:
        raise InvalidConfiguration("\n".join(_lines(error))) from None


def _read(file: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidConfiguration(f"{file}: cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidConfiguration(f"{file}: is not YAML: {error}") from None
    if content is None:
        return {}
    if not isinstance(content, dict) or not all(isinstance(name, str) for name in content):
        raise InvalidConfiguration(f"{file}: settings are `name: value` lines, got a {type(content).__name__}")
    return content


def _lines(error: ValidationError) -> list[str]:
    lines = []
    for problem in error.errors():
        setting = ".".join(str(part) for part in problem["loc"])
        message = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            message = "no such setting; the README lists all"
        elif setting:
            message = f"{message}, got {problem['input']!r}"
        lines.append(f"{setting}: {message}" if setting else message)
    return lines


def host_and_port(address: str) -> tuple[str, int]:
    """The two parts of "host:port" ("[::1]:50051" for IPv6); raises ValueError for anything else."""
    host, colon, port = address.rpartition(":")
    if not (host and colon and port.isdecimal() and int(port) <= 65535):
        raise ValueError("an address is host:port, such as 127.0.0.1:50051")
    return host.removeprefix("[").removesuffix("]"), int(port)


def is_loopback(host: str) -> bool:
    """Whether `host` names this machine and can be reached from it alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
