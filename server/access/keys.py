"""The public keys that tokens are verified with, as a JWK set (RFC 7517) from a file or an HTTPS address."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import Protocol, TypeAlias

import jwt
import structlog

from server.access.credentials import KeysOutdated
from server.access.watched import Watched
from server.errors import InvalidConfiguration

_log = structlog.get_logger(__name__)

Keys: TypeAlias = Mapping[str, jwt.PyJWK]

FETCH_AT_MOST_EVERY = 30.0
"""Seconds between two fetches: tokens with invented key ids must not make the server hammer the provider."""
FETCH_AT_LEAST_EVERY = 600.0
"""Seconds after which keys are fetched again, so that one which the provider withdrew is not trusted for long."""
_TIMEOUT = 5.0
_LARGEST = 1 << 20
_SMALLEST_RSA = 2048
_ASYMMETRIC = ("RSA", "EC", "OKP")


class PublicKeys(Protocol):
    """Keys by their ids."""

    def get(self, kid: str) -> jwt.PyJWK | None:
        """The key, None if there is none. Raises `KeysOutdated` when a refresh might change that."""

    def refresh(self) -> None:
        """Fetch the keys again, unless that was just tried; may take seconds, and keeps the old ones when it fails."""


class FileKeys:
    """Keys in a file, which is read again when it changes."""

    def __init__(self, path: Path) -> None:
        """Read the file. Raises InvalidConfiguration."""
        self._keys = Watched(lambda: parse_keys(_read(path), str(path)), lambda: [path])

    def get(self, kid: str) -> jwt.PyJWK | None:
        """The key, None if there is none."""
        return self._keys().get(kid)

    def refresh(self) -> None:
        """Nothing to do: files are looked at on use."""


class FetchedKeys:
    """Keys at an HTTPS address, fetched at start, when they are old, and when a token names one that is not there."""

    def __init__(
        self, url: str, fetch: Callable[[str], str] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Fetch the keys. Raises InvalidConfiguration."""
        self._url = url
        self._fetch = fetch or fetch_https
        self._clock = clock
        self._fetching = Lock()
        self._keys = parse_keys(self._fetch(url), url)
        self._tried_at = self._fetched_at = clock()

    def get(self, kid: str) -> jwt.PyJWK | None:
        """The key, None if there is none. Raises KeysOutdated when a refresh might change that."""
        now = self._clock()
        outdated = kid not in self._keys or now - self._fetched_at >= FETCH_AT_LEAST_EVERY
        if outdated and now - self._tried_at >= FETCH_AT_MOST_EVERY:
            raise KeysOutdated
        return self._keys.get(kid)

    def refresh(self) -> None:
        """Fetch the keys again, unless that was just tried."""
        with self._fetching:
            if self._clock() - self._tried_at < FETCH_AT_MOST_EVERY:
                return
            try:
                self._keys = parse_keys(self._fetch(self._url), self._url)
                self._fetched_at = self._clock()
            except InvalidConfiguration as error:
                _log.warning("keys not fetched, those from before stay in force", because=error.message)
            self._tried_at = self._clock()


def open_keys(source: str) -> PublicKeys:
    """The keys at an https address or in a file. Raises InvalidConfiguration."""
    return FetchedKeys(source) if source.startswith("https://") else FileKeys(Path(source))


def parse_keys(text: str, source: str) -> Keys:
    """The keys of a JWK set that can verify signatures. Raises InvalidConfiguration naming the source and the key."""
    try:
        content = json.loads(text)
    except ValueError:
        content = None
    entries = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        raise InvalidConfiguration(f'{source}: not a JWK set, which is {{"keys": [...]}}')
    keys: dict[str, jwt.PyJWK] = {}
    for number, entry in enumerate(entries):
        if not isinstance(entry, dict):
            raise InvalidConfiguration(f"{source}: keys[{number}] is not an object")
        if entry.get("use", "sig") == "sig":
            kid = entry.get("kid")
            if not isinstance(kid, str) or not kid or kid in keys:
                raise InvalidConfiguration(f"{source}: keys[{number}] needs a kid of its own, got {kid!r}")
            keys[kid] = _key(entry, f"{source}: the key {kid!r}")
    if not keys:
        raise InvalidConfiguration(f"{source}: has no keys for signatures, so no token could be verified")
    return keys


def _key(entry: dict[str, object], name: str) -> jwt.PyJWK:
    if entry.get("kty") not in _ASYMMETRIC:
        raise InvalidConfiguration(
            f"{name} is of type {entry.get('kty')!r}; only RSA, EC and OKP are taken, since whoever can verify with a "
            "shared secret can sign with it"
        )
    if "d" in entry:
        raise InvalidConfiguration(f"{name} is a private key; this server needs the public one alone")
    try:
        key = jwt.PyJWK(entry)
    except jwt.PyJWTError as error:
        raise InvalidConfiguration(f"{name} cannot be used: {error}") from None
    size = getattr(key.key, "key_size", _SMALLEST_RSA)
    if entry["kty"] == "RSA" and size < _SMALLEST_RSA:
        raise InvalidConfiguration(f"{name} has {size} bits; an RSA key needs {_SMALLEST_RSA}")
    return key


def fetch_https(url: str) -> str:
    """What an address answers, through HTTPS and without following anywhere else. Raises InvalidConfiguration."""
    opener = urllib.request.build_opener(_NoRedirects)
    try:
        with opener.open(url, timeout=_TIMEOUT) as response:
            content: bytes = response.read(_LARGEST + 1)
    except (OSError, urllib.error.URLError, ValueError) as error:
        raise InvalidConfiguration(f"{url}: cannot be fetched: {error}") from None
    if len(content) > _LARGEST:
        raise InvalidConfiguration(f"{url}: more than {_LARGEST} bytes is no JWK set")
    return content.decode(errors="replace")


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """An address that leads to another might lead to one without encryption."""

    def redirect_request(self, *_: object) -> None:
        """Follow none."""


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidConfiguration(f"{path}: cannot be read: {error}") from None
