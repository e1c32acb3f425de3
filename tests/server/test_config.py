"""Settings: where they come from, and what a wrong one says."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.config import Settings, load_settings
from server.errors import InvalidConfiguration


def test_a_keyword_beats_the_environment_and_that_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The nearest wins, and a None keyword is not given at all."""
    file = tmp_path / "groundwire.yaml"
    file.write_text("queue: 1\nread_threads: 1\nwrite_threads: 1\n")
    monkeypatch.setenv("GROUNDWIRE_QUEUE", "2")
    monkeypatch.setenv("GROUNDWIRE_READ_THREADS", "2")

    settings = load_settings(file, queue=3, drain_seconds=None)

    assert (settings.queue, settings.read_threads, settings.write_threads) == (3, 2, 1)
    assert settings.drain_seconds == Settings().drain_seconds


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"listen": "0.0.0.0:50051"}, "can be reached from other machines"),
        ({"listen": "0.0.0.0:1", "clients": "c.yaml"}, "would go there in the clear"),
        ({"tls_key": "k.pem"}, "one of them is of no use without the other"),
        ({"tls_client_ca": "ca.pem"}, "clients can show certificates over TLS alone"),
        ({"jwt_keys": "http://keys.example"}, "jwt_keys: https"),
        ({"jwt_keys": "k.json", "jwt_issuer": "i"}, "needs jwt_issuer and jwt_audience"),
        ({"jwt_algorithms": "RS256,HS256"}, "jwt_algorithms: some of RS256"),
        ({"listen": "50051"}, "an address is host:port"),
        ({"queue": -1}, "queue: Input should be greater than or equal to 0, got -1"),
        ({"chunk_overlap_tokens": 101}, "at most half of max_chunk_tokens, which is 200, got 101"),
    ],
)
def test_a_wrong_setting_is_named_with_what_was_sent(wrong: dict[str, object], message: str) -> None:
    """The server does not start on a setting that it would have to guess about."""
    with pytest.raises(InvalidConfiguration, match=message):
        load_settings(**wrong)


def test_an_unknown_setting_in_the_file_is_refused(tmp_path: Path) -> None:
    """A misspelt rail is not a rail."""
    file = tmp_path / "groundwire.yaml"
    file.write_text("polices: ./policies\n")

    with pytest.raises(InvalidConfiguration, match="polices: no such setting"):
        load_settings(file)


@pytest.mark.parametrize("content", ["- a\n- b\n", "a: [", "\xff"])
def test_a_file_that_holds_no_settings_is_refused(tmp_path: Path, content: str) -> None:
    """Lists, broken YAML and other encodings are told apart from settings."""
    file = tmp_path / "groundwire.yaml"
    file.write_bytes(content.encode("latin-1"))

    with pytest.raises(InvalidConfiguration, match=str(file)):
        load_settings(file)


def test_loopback_and_a_conscious_choice_may_listen() -> None:
    """What cannot be reached from outside needs no permission, the rest needs one."""
    assert load_settings(listen="[::1]:0").listen == "[::1]:0"
    assert load_settings(listen="0.0.0.0:0", allow_unauthenticated=True).listen == "0.0.0.0:0"
    tls = {"tls_certificate": "c.pem", "tls_key": "k.pem"}
    assert load_settings(listen="0.0.0.0:0", clients="c.yaml", **tls).identifies_callers
    assert load_settings(listen="0.0.0.0:0", clients="c.yaml", allow_plaintext=True).identifies_callers
