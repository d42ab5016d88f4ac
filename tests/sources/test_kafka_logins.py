"""Who may take from a topic of Kafka, and over which lines secrets go: through a proxy that speaks
TLS and asks who comes, before the broker of librdkafka, which does neither."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from doclake.errors import CredentialsRefused, ListingIncomplete, SettingsError, SourceError
from doclake.lake.lake import Lake
from doclake.lake.messages import Messages
from doclake.project import Project
from doclake.settings import Settings, SourceSettings
from doclake.sources.conformance.cases import partial
from doclake.sources.streams.kafka import KafkaSource
from doclake.stages import documents
from doclake.stages.context import StageContext
from tests.sources.kafka_proxy import KafkaProxy
from tests.sources.kafka_server import Broker, broker
from tests.sources.service_servers import certified

USERS = {"kim": "swordfish"}
Certificate = tuple[ssl.SSLContext, str]
Setter = Callable[[str], None]
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")


@pytest.fixture(scope="module")
def server() -> Iterator[Broker]:
    with broker() as server:
        server.send("docs", "a", "text")
        server.flush()
        yield server


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    tls, ca = certified(tmp_path_factory.mktemp("certificate"))
    return tls, str(ca)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> Setter:
    """Sets the one that the source gives: at first the right one."""

    def set_it(password: str) -> None:
        monkeypatch.setenv("DOCLAKE_SOURCE_TOPIC_PASSWORD", password)

    set_it("swordfish")
    return set_it


def opened(url: str, lake: Lake, **options: Any) -> KafkaSource:
    source = SourceSettings(url=url, options={"timeout": 2} | options)
    opened = Project(Settings(sources={"topic": source}), lake).open_source("topic")
    assert isinstance(opened, KafkaSource)
    return opened


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_password_lets_in_over_an_encrypted_line_and_is_told_when_wrong(
    server: Broker, certificate: Certificate, lake: Lake, password: Setter, mechanism: str
):
    tls, ca = certificate
    with KafkaProxy(server.port, USERS, tls) as proxy:
        source = opened(proxy.url("docs"), lake, user="kim", mechanism=mechanism, ca=ca)
        password("wrong")
        found, error = partial(source)
        assert not found
        assert isinstance(error.__cause__, CredentialsRefused)
        assert "DOCLAKE_SOURCE_TOPIC_PASSWORD" in error.mend
        assert "wrong" not in str(error)
        password("swordfish")
        assert source.take().messages == 1, "the same source, once the password is mended"


def test_a_wrong_password_deletes_nothing(
    server: Broker, lake: Lake, password: Setter, tmp_path: Path
):
    with KafkaProxy(server.port, USERS) as proxy:
        source = {"url": proxy.url("docs"), "access": ["everyone"], "options": {"user": "kim"}}
        project = Project(Settings.model_validate({"sources": {"topic": source}}), lake)
        documents.run(StageContext.whole(project, "topic"))
        known = documents_of(lake)
        assert known == ["a"]
        password("wrong")
        report = documents.run(StageContext.whole(project, "topic"))
        assert [alarm.code for alarm in report.alarms] == [ListingIncomplete.code]
        assert "DOCLAKE_SOURCE_TOPIC_PASSWORD" in report.alarms[0].mend
        assert documents_of(lake) == known


def documents_of(lake: Lake) -> list[str]:
    return [row["path"] for row in lake.read("documents").to_pylist()]


def test_whoever_is_refused_does_not_try_again_and_again(
    server: Broker, lake: Lake, password: Setter
):
    password("wrong")
    with KafkaProxy(server.port, USERS) as proxy:
        source = opened(proxy.url("docs"), lake, user="kim", timeout=10)
        with pytest.raises(CredentialsRefused):
            source.take()
        tried = len(proxy.asking)
        assert tried < 20, "an account would be locked"
        time.sleep(1)
        assert len(proxy.asking) <= tried + 2, "its client goes on to try"


def test_a_password_that_changes_while_messages_are_read_is_told(
    server: Broker, lake: Lake, password: Setter
):
    with KafkaProxy(server.port, USERS) as proxy:
        source = opened(proxy.url("docs"), lake, user="kim")
        with pytest.raises(CredentialsRefused), source._reading():
            proxy.users = {"kim": "another"}
            proxy.drop()
            Messages(lake, "topic").take(source._read)


def test_plain_passwords_go_over_no_open_line(server: Broker, lake: Lake, password: Setter):
    with KafkaProxy(server.port, USERS) as proxy:
        with pytest.raises(SettingsError, match="open line"):
            opened(proxy.url("docs"), lake, user="kim", mechanism="PLAIN").take()
        assert not proxy.asking
        assert opened(proxy.url("docs"), lake, user="kim").take().messages == 1


def test_a_certificate_is_of_a_known_authority_and_of_the_name_in_the_url(
    server: Broker, certificate: Certificate, lake: Lake
):
    tls, ca = certificate
    with KafkaProxy(server.port, tls=tls) as proxy:
        url = proxy.url("docs")
        by_number = url.replace("localhost", "127.0.0.1")
        for source in (opened(url, lake), opened(by_number, lake, ca=ca)):
            found, error = partial(source)
            assert not found
            assert "Source topic" in error.message
            assert "certificate verify failed" in error.message
            assert "sources.topic.options.ca" in error.mend
        assert not proxy.asking
        assert opened(url, lake, ca=ca).take().messages == 1


def test_a_file_that_holds_no_certificate_is_told(lake: Lake, tmp_path: Path):
    (tmp_path / "empty.pem").write_text("no certificate")
    for name in ("empty.pem", "absent.pem"):
        with pytest.raises(SettingsError, match=r"sources\.topic\.options\.ca"):
            opened("kafkas://localhost:1/docs", lake, ca=str(tmp_path / name)).take()


def test_no_password_goes_to_a_server_that_offers_no_encryption(
    server: Broker, lake: Lake, password: Setter
):
    with KafkaProxy(server.port, USERS) as proxy:
        url = proxy.url("docs").replace("kafka://", "kafkas://")
        with pytest.raises(SourceError, match="SSL_HANDSHAKE"):
            opened(url, lake, user="kim", mechanism="PLAIN").take()


def test_nobody_reaches_the_broker_past_the_proxy(server: Broker, lake: Lake, password: Setter):
    before = server.asked_from()
    with KafkaProxy(server.port, USERS) as proxy:
        source = opened(proxy.url("docs"), lake, user="kim")
        assert source.take().messages == 1
        asked_from = server.asked_from() - before
        assert asked_from
        assert asked_from <= proxy.asking
    with pytest.raises(SourceError):
        source.take()
