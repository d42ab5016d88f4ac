"""Topics of Kafka: each message once, deletions that say so, poison with its offset, no silent
gap."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from doclake.errors import DocumentRefused, ListingIncomplete, MessagesLost
from doclake.lake.lake import Lake
from doclake.project import Project
from doclake.settings import Settings, SourceSettings
from doclake.settings.source_options import problems
from doclake.sources.conformance.cases import listed
from doclake.sources.streams.kafka import KafkaSource
from doclake.tables.messages import LONGEST_KEY
from tests.sources.kafka_server import Broker, broker

Opener = Callable[..., KafkaSource]
EVENTS = {"messages": "change_events", "text": ["body"], "title": "subject"}


@pytest.fixture
def server() -> Iterator[Broker]:
    with broker() as server:
        yield server


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


@pytest.fixture
def opened(server: Broker, lake: Lake) -> Opener:
    """`opened(access="readers")`: the source over the topic `docs` with these options."""

    def open_it(*, read_only: bool = False, **options: Any) -> KafkaSource:
        given = {"timeout": 5} | options
        source = SourceSettings(url=f"kafka://{server.address}/docs", options=given)
        project = Project(Settings(sources={"topic": source}), lake)
        source_ = project.open_source("topic", read_only=read_only)
        assert isinstance(source_, KafkaSource)
        return source_

    return open_it


def rows(lake: Lake) -> list[dict[str, Any]]:
    return lake.read("messages").to_pylist()


@pytest.mark.parametrize("read_only", [False, True])
def test_of_two_partitions_the_message_sent_last_stands_however_they_were_taken(
    server: Broker, opened: Opener, read_only: bool
):
    moment = 1_700_000_000_000
    for number in range(3):  # offsets of two partitions say nothing of each other
        server.send("docs", f"k{number}", "x", partition=0)
    server.send("docs", "moved", "before", partition=0, time=moment)
    server.send("docs", "moved", "after", partition=1, time=moment + 1)
    server.send("docs", "late", "after", partition=0, time=moment + 1)
    server.send("docs", "again", None, partition=2, time=moment)
    server.send("docs", "again", "back", partition=1, time=moment + 1)
    server.flush()
    source = opened(read_only=read_only)
    source.take()
    server.send("docs", "late", "before", partition=1, time=moment)  # its partition lagged
    server.flush()
    assert set(listed(source)) == {"k0", "k1", "k2", "moved", "late", "again"}
    assert {path: source.open(path).read() for path in ("moved", "late", "again")} == {
        "moved": b"after",
        "late": b"after",
        "again": b"back",
    }


def test_within_a_partition_offsets_count_whatever_clock_the_sender_has(
    server: Broker, opened: Opener
):
    server.send("docs", "a", "old", partition=1, time=1_700_000_000_000)
    server.send("docs", "a", "new", partition=1, time=1_600_000_000_000)
    server.send("docs", "b", "one", partition=1, time=1_700_000_000_000)
    server.send("docs", "b", "two", partition=2, time=1_700_000_000_000)
    server.flush()
    source = opened()
    source.take()
    assert source.open("a").read() == b"new"
    assert source.open("b").read() == b"two", "of equal times the later partition"


@pytest.mark.parametrize(
    ("key", "rule"),
    [
        (None, "message_has_key"),
        ("k" * (LONGEST_KEY + 1), "key_is_short"),
        (b"\xff", "key_is_text"),
    ],
)
def test_a_message_that_can_be_no_document_is_told_with_its_offset(
    server: Broker, opened: Opener, key: str | bytes | None, rule: str
):
    server.send("docs", "sound", "text", partition=2)
    server.send("docs", key, "poison", partition=2)
    server.flush()
    source = opened()
    assert set(listed(source)) == {"sound", "docs/2/1"}
    with pytest.raises(DocumentRefused, match=r"partition 2, offset 1 of docs") as refused:
        source.open("docs/2/1")
    assert refused.value.facts["rules"] == [rule]


def test_what_the_topic_no_longer_keeps_stops_the_listing_until_somebody_accepts_it(
    server: Broker, lake: Lake, opened: Opener
):
    server.send("docs", "first", "x", partition=0)
    server.flush()
    assert set(listed(opened())) == {"first"}
    for number in range(800):
        server.send("docs", f"k{number}", "x" * 10_000, partition=0)  # more than is kept
        if not number % 100:
            server.flush()
    server.flush()
    before = rows(lake)
    with pytest.raises(ListingIncomplete, match=r"messages 1 to .* are gone") as told:
        listed(opened())
    assert "--accept-loss" in told.value.mend
    with pytest.raises(MessagesLost) as lost:
        opened().take()
    assert lost.value.facts["partition"] == 0
    assert rows(lake) == before, "it jumped"
    source = opened()
    source.accept_loss = True
    first_kept = lost.value.facts["kept"][0]
    assert source.take().messages == 801 - first_kept
    assert opened().take().messages == 0


def test_a_text_is_asked_of_change_events_alone():
    source = SourceSettings(url="kafka://here/docs", options={"messages": "change_events"})
    ((key, _, expected),) = problems("topic", source)
    assert key.startswith("sources.topic.options")
    assert "`text` of change events" in expected
