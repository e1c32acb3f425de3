"""Ed25519 (RFC 8032): the key with which a server signs audit heads and receipts, and the public keys that check them.

The same key and message always give the same signature.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from server.errors import InvalidConfiguration

KEY_FILE = "signing.pem"
"""The name of the key in the data folder."""

_PUBLIC_BLOCK = re.compile(rb"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key; its id is the first 16 hexadecimal digits of the SHA-256 of the raw public key."""

    private: Ed25519PrivateKey
    key_id: str

    @classmethod
    def of(cls, private: Ed25519PrivateKey) -> SigningKey:
        """The key with its id."""
        return cls(private, _key_id(private.public_key()))

    @property
    def public_pem(self) -> str:
        """The public key as PEM (RFC 7468), to hand to whoever checks."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.private.public_key().public_bytes(serialization.Encoding.PEM, form).decode()

    def derived(self, purpose: str) -> bytes:
        """A secret of 32 bytes that only the holder of the key can make, another one for each purpose."""
        return hmac.new(self.private.private_bytes_raw(), purpose.encode(), hashlib.sha256).digest()

    def sign(self, message: bytes) -> bytes:
        """The signature, 64 bytes."""
        return self.private.sign(message)


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """Keys that the one who checks trusts, by their ids."""

    by_id: Mapping[str, Ed25519PublicKey]

    def verify(self, key_id: str, signature: bytes, message: bytes) -> str:
        """Why the signature is not good, in words that follow "it is"; empty when it is good."""
        key = self.by_id.get(key_id)
        if key is None:
            known = ", ".join(sorted(self.by_id)) or "none"
            return f"signed by a key that is not trusted here, {key_id!r}; trusted: {known}"
        try:
            key.verify(signature, message)
        except InvalidSignature:
            return f"not what the key {key_id} signed"
        return ""


def load_signing_key(file: Path) -> SigningKey:
    """The private key in a PEM file; raises InvalidConfiguration when there is none."""
    content = _read(file)
    try:
        key = serialization.load_pem_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise InvalidConfiguration(f"{file}: is not a PEM private key without a password: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise InvalidConfiguration(f"{file}: is no Ed25519 key; make one with `openssl genpkey -algorithm ed25519`")
    return SigningKey.of(key)


def keep_signing_key(file: Path) -> SigningKey:
    """The key in a file that is made, readable by its owner alone, when there is none yet. Raises InvalidConfiguration."""
    if not file.exists():
        try:
            _make(file)
        except OSError as error:
            raise InvalidConfiguration(f"{file}: no signing key can be kept there: {error.strerror}") from error
    return load_signing_key(file)


def own_signing_key(named: Path | None, data_dir: Path) -> SigningKey:
    """The key that the settings name, or else the one in the data folder. Raises InvalidConfiguration when there is none."""
    return load_signing_key(named or data_dir / KEY_FILE)


def load_public_keys(files: Iterable[Path]) -> PublicKeys:
    """Every public key in some PEM files, several in one if need be. Raises InvalidConfiguration when a file has none."""
    keys: dict[str, Ed25519PublicKey] = {}
    for file in files:
        blocks = _PUBLIC_BLOCK.findall(_read(file))
        if not blocks:
            raise InvalidConfiguration(f"{file}: holds no PEM public key; `groundwire audit public-key` prints one")
        for block in blocks:
            try:
                key = serialization.load_pem_public_key(block)
            except (ValueError, UnsupportedAlgorithm) as error:
                raise InvalidConfiguration(f"{file}: has a public key that cannot be read: {error}") from error
            if not isinstance(key, Ed25519PublicKey):
                raise InvalidConfiguration(f"{file}: has a public key that is no Ed25519 key")
            keys[_key_id(key)] = key
    return PublicKeys(keys)


def trust(key: SigningKey) -> PublicKeys:
    """The public side of one's own key."""
    return PublicKeys({key.key_id: key.private.public_key()})


def _make(file: Path) -> None:
    """Write a new key under another name and link it, so that nobody ever reads half of one and the first of two wins."""
    file.parent.mkdir(parents=True, exist_ok=True)
    content = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    draft = file.with_name(f"{file.name}.{token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        try:
            os.link(draft, file)
        except FileExistsError:
            return
    finally:
        draft.unlink()


def _key_id(key: Ed25519PublicKey) -> str:
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidConfiguration(f"{file}: cannot be read: {error.strerror}") from error
