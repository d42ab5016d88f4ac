"""Who may take from a stream of NATS, and over which lines secrets go."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from doclake.errors import (
    CredentialsRefused,
    SettingsError,
    SourceError,
)
from doclake.lake.lake import Lake
from tests.sources.nats_identity import Operator
from tests.sources.nats_server import jetstream, nats_source
from tests.sources.service_servers import certified

USERS = 'authorization { users: [{ user: "kim", password: "swordfish" }] }'


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


def test_a_password_lets_in_goes_over_no_open_line_unless_allowed_and_is_told_when_wrong(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
):
    with jetstream(USERS, user="kim", password="swordfish") as server:
        server.publish("docs.a", b"text")
        with pytest.raises(CredentialsRefused, match="PASSWORD is not set"):
            nats_source(server.url("docs"), lake, user="kim").take()
        monkeypatch.setenv("DOCLAKE_SOURCE_TOPIC_PASSWORD", "swordfish")
        with pytest.raises(SettingsError, match="open line"):
            nats_source(server.url("docs"), lake, user="kim").take()
        given = {"user": "kim", "unencrypted": True}
        assert nats_source(server.url("docs"), lake, **given).take().messages == 1
        monkeypatch.setenv("DOCLAKE_SOURCE_TOPIC_PASSWORD", "wrong")
        with pytest.raises(CredentialsRefused) as refused:
            nats_source(server.url("docs"), lake, **given).take()
        assert "wrong" not in str(refused.value)


def test_a_user_who_may_not_read_the_stream_is_told_so(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DOCLAKE_SOURCE_TOPIC_PASSWORD", "x")
    may_not = 'permissions: { publish: { deny: "$JS.API.STREAM.INFO.docs" } }'
    lee = f'{{ user: "lee", password: "x", {may_not} }}'
    both = USERS.replace("}]", f"}}, {lee}]")
    with jetstream(both, user="kim", password="swordfish") as server:
        server.publish("docs.a", b"text")
        with pytest.raises(CredentialsRefused, match=r"(?i)permissions violation"):
            nats_source(server.url("docs"), lake, user="lee", unencrypted=True).take()


def test_a_token_over_an_encrypted_line_to_a_server_of_a_known_name(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    _, ca = certified(tmp_path)
    tls = f'tls {{ cert_file: "{ca}", key_file: "{ca.with_name("key.pem")}" }}'
    monkeypatch.setenv("DOCLAKE_SOURCE_TOPIC_TOKEN", "swordfish")
    login = {"token": "swordfish", "tls": ssl.create_default_context(cafile=ca)}
    token = 'authorization { token: "swordfish" }'
    with jetstream(f"{token}\n{tls}", **login, tls_hostname="localhost") as server:
        server.publish("docs.a", b"text")
        url = server.url("docs").replace("nats://127.0.0.1", "natss://localhost")
        with pytest.raises(SourceError, match=r"(?i)certificate"):
            nats_source(url, lake).take()
        assert nats_source(url, lake, ca=str(ca)).take().messages == 1


def test_no_secret_goes_to_a_server_that_offers_no_encryption(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DOCLAKE_SOURCE_TOPIC_TOKEN", "swordfish")
    with jetstream() as server:
        server.publish("docs.a", b"text")
        with pytest.raises(SourceError, match="secure connection not available"):
            nats_source(server.url("docs").replace("nats://", "natss://"), lake).take()


def test_a_file_with_a_jwt_and_its_seed_lets_in(lake: Lake, tmp_path: Path):
    operator = Operator()
    file = tmp_path / "reader.creds"
    file.write_text(operator.credentials())
    with jetstream(operator.configuration(), user_credentials=str(file)) as server:
        server.publish("docs.a", b"text")
        assert nats_source(server.url("docs"), lake, identity=str(file)).take().messages == 1
        file.write_text("no such thing")
        with pytest.raises(SettingsError, match="identity"):
            nats_source(server.url("docs"), lake, identity=str(file)).take()
        file.write_text(Operator().credentials())
        with pytest.raises(CredentialsRefused) as refused:
            nats_source(server.url("docs"), lake, identity=str(file)).take()
        assert "identity" in refused.value.mend
