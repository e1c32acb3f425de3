"""Keys: kept safe, found again, and told apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.access.signing import keep_signing_key, load_public_keys, load_signing_key, own_signing_key
from server.errors import InvalidConfiguration


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    """Later starts find the same one."""
    file = tmp_path / "data" / "signing.pem"
    key = keep_signing_key(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert keep_signing_key(file).key_id == own_signing_key(None, tmp_path / "data").key_id == key.key_id
    assert list(file.parent.iterdir()) == [file]


def test_the_public_keys_tell_what_each_key_signed(tmp_path: Path) -> None:
    """Several fit into one file, as after a key was replaced."""
    old, new = keep_signing_key(tmp_path / "old.pem"), keep_signing_key(tmp_path / "new.pem")
    (tmp_path / "public.pem").write_text(old.public_pem + new.public_pem)
    keys = load_public_keys([tmp_path / "public.pem"])
    assert keys.verify(old.key_id, old.sign(b"message"), b"message") == ""
    assert keys.verify(new.key_id, old.sign(b"message"), b"message") == f"not what the key {new.key_id} signed"
    assert "not trusted here" in keys.verify("0123456789abcdef", old.sign(b"message"), b"message")


def test_one_message_has_one_signature(tmp_path: Path) -> None:
    """So that the same verdict always gets the same receipt."""
    key = keep_signing_key(tmp_path / "key.pem")
    assert key.sign(b"message") == load_signing_key(tmp_path / "key.pem").sign(b"message")


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", b"\xff"])
def test_a_file_without_a_key_is_named(tmp_path: Path, content: bytes) -> None:
    """Before the server takes its first call."""
    (tmp_path / "key.pem").write_bytes(content)
    with pytest.raises(InvalidConfiguration, match=r"key\.pem"):
        load_signing_key(tmp_path / "key.pem")
    with pytest.raises(InvalidConfiguration, match=r"key\.pem: holds no PEM public key"):
        load_public_keys([tmp_path / "key.pem"])
