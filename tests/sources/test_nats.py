"""Streams of NATS JetStream: subjects, key-value buckets, retention, poison, logins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from doclake.errors import (
    DocumentRefused,
    ListingIncomplete,
    MessagesLost,
    SourceError,
)
from doclake.lake.lake import Lake
from doclake.settings import SourceSettings
from doclake.settings.source_options import problems
from doclake.sources.conformance.cases import listed
from doclake.sources.streams.nats import NatsSource
from tests.sources.nats_server import Jetstream, jetstream, nats_source

Opener = Callable[..., NatsSource]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


@pytest.fixture
def server() -> Iterator[Jetstream]:
    with jetstream() as server:
        yield server


@pytest.fixture
def opened(server: Jetstream, lake: Lake) -> Opener:
    """`opened(subjects=["docs.a"])`: the source over the stream `docs` with these options."""
    return lambda stream="docs", **options: nats_source(server.url(stream), lake, **options)


def test_a_message_stands_under_its_subject(server: Jetstream, opened: Opener):
    server.publish("docs.안내.7", "Die Fähre fährt um neun.".encode())
    source = opened()
    assert set(listed(source)) == {"docs.안내.7"}
    assert source.open("docs.안내.7").read().decode() == "Die Fähre fährt um neun."


def test_an_empty_message_is_a_document_and_only_a_header_deletes(
    server: Jetstream, opened: Opener
):
    for subject in ("docs.empty", "docs.gone", "docs.purged"):
        server.publish(subject, b"")
    server.publish("docs.gone", b"", {"KV-Operation": "DEL"})
    server.publish("docs.purged", b"", {"KV-Operation": "PURGE"})
    source = opened()
    assert set(listed(source)) == {"docs.empty"}
    assert source.deleted == {"docs.gone", "docs.purged"}


def test_a_bucket_of_keys_and_values_is_a_stream(server: Jetstream, opened: Opener):
    bucket = server.bucket("letters")
    server.ask(bucket.put("a", b"one"))
    server.ask(bucket.put("b", b"two"))
    assert set(listed(opened("KV_letters"))) == {"$KV.letters.a", "$KV.letters.b"}
    server.ask(bucket.delete("a"))
    for number in range(20):
        server.ask(bucket.put("b", b"%d" % number))
    source = opened("KV_letters")
    assert set(listed(source)) == {"$KV.letters.b"}, "older values of a key are no loss"
    assert source.deleted == {"$KV.letters.a"}


def test_what_grew_too_old_is_deleted_where_the_server_leaves_a_mark_of_it(
    server: Jetstream, opened: Opener
):
    marks = {"allow_msg_ttl": True, "subject_delete_marker_ttl": 60.0}
    server.make("docs", max_msgs_per_subject=1, max_age=1.0, allow_rollup_hdrs=True, **marks)
    server.publish("docs.a", b"short")
    assert set(listed(opened())) == {"docs.a"}
    server.wait_for("docs", 2)
    source = opened()
    source.accept_loss = True
    assert listed(source) == {}
    assert source.deleted == {"docs.a"}


def test_of_the_subjects_that_it_takes_none_is_lost_and_of_others_none_counts(
    server: Jetstream, lake: Lake, opened: Opener
):
    server.make("docs", max_msgs=10)
    server.publish("docs.ours.a", b"one")
    ours = {"subjects": ["docs.ours.*", "docs.mine"]}
    assert opened(**ours).take().messages == 1
    for _ in range(40):
        server.publish("docs.theirs", b"noise")
        taken = opened(**ours).take()
        assert (taken.messages, taken.lag) == (0, 0)
    commits = lake.version("messages")
    assert commits is not None
    assert commits < 15, "a commit for each look"
    server.publish("docs.mine", b"two")
    assert opened(**ours).take().messages == 1


def test_how_many_wait_counts_the_subjects_that_it_takes(server: Jetstream, opened: Opener):
    for number in range(3_300):
        server.publish("docs.theirs" if number % 3 else "docs.ours", b"%d" % number)
    taken = opened(subjects=["docs.ours"], take_for="0s").take()
    assert (taken.messages, taken.lag) == (1_000, 100)
    assert opened(subjects=["docs.ours"]).take().messages == 100


def test_no_more_is_taken_at_once_than_a_commit_should_hold(server: Jetstream, opened: Opener):
    for number in range(1_200):
        server.publish("docs.a", b"%d" % number)
    first = opened(take_for="0s").take()
    assert (first.messages, first.lag) == (1_000, 200)
    assert str(first) == "docs:1-1001"
    assert opened(take_for="0s").take().messages == 200


def test_what_the_stream_no_longer_keeps_stops_the_listing_until_somebody_accepts_it(
    server: Jetstream, lake: Lake, opened: Opener
):
    server.publish("docs.first", b"x")
    assert set(listed(opened())) == {"docs.first"}
    for number in range(10):
        server.publish(f"docs.k{number}", b"x")
    server.keep("docs", 4)
    before = lake.read("messages")
    with pytest.raises(ListingIncomplete, match="messages 2 to 7 are gone") as told:
        listed(opened())
    assert "--accept-loss" in told.value.mend
    with pytest.raises(MessagesLost) as lost:
        opened().take()
    assert (lost.value.facts["offset"], lost.value.facts["kept"]) == (2, [8, 12])
    assert lake.read("messages") == before, "it jumped"
    source = opened()
    source.accept_loss = True
    assert source.take().messages == 4
    assert opened().take().messages == 0


@pytest.mark.parametrize("kept", [3, 0])
def test_what_grows_too_old_while_it_is_read_is_a_loss_as_well(
    server: Jetstream, lake: Lake, opened: Opener, kept: int
):
    server.publish("docs.first", b"x")
    opened().take()
    for number in range(10):
        server.publish(f"docs.k{number}", b"x")
    source = opened()
    with source._reading():
        server.keep("docs", 3) if kept else server.purge("docs")
        with pytest.raises(MessagesLost):
            source._memory.take(source._read)
    assert lake.read("messages").num_rows == 1


def test_a_message_deleted_by_hand_is_no_loss(server: Jetstream, opened: Opener):
    for number in range(5):
        server.publish(f"docs.k{number}", b"x")
    server.delete_message("docs", 3)
    assert opened().take().messages == 4


def test_a_stream_that_was_made_anew_is_told_though_it_holds_more_messages(
    server: Jetstream, opened: Opener
):
    server.publish("docs.a", b"old")
    opened().take()
    server.drop("docs")
    for number in range(5):
        server.publish(f"docs.n{number}", b"new")
    with pytest.raises(MessagesLost, match="made anew"):
        opened().take()
    source = opened()
    source.accept_loss = True
    assert source.take().messages == 5
    assert opened().take().messages == 0


def test_a_subject_that_is_no_text_and_a_message_without_its_header_are_told(
    server: Jetstream, opened: Opener
):
    server.publish("docs.sound", b"text")
    server.publish_raw(b"docs.\xff", b"poison")
    server.publish("docs.status", b"text", {"Status": "404"})
    source = opened()
    assert set(listed(source)) == {"docs.sound", "docs.status", "docs/0/2"}
    with pytest.raises(DocumentRefused, match="partition 0, offset 2 of docs") as refused:
        source.open("docs/0/2")
    assert refused.value.facts["rules"] == ["key_is_text"]


def test_a_message_without_the_header_that_names_it_is_refused(server: Jetstream, opened: Opener):
    server.publish("docs.a", b"text", {"id": "7"})
    server.publish("docs.a", b"text")
    source = opened(named_by="id")
    assert set(listed(source)) == {"7", "docs/0/2"}
    with pytest.raises(DocumentRefused) as refused:
        source.open("docs/0/2")
    assert refused.value.facts["rules"] == ["message_has_key"]


def test_a_message_larger_than_a_commit_comes_alone(lake: Lake):
    with jetstream("max_payload: 33554432") as server:
        for body in (b"a", b"b" * (17 << 20), b"c" * (17 << 20), b"d"):
            server.publish(f"docs.{body[:1].decode()}", body)
        assert nats_source(server.url("docs"), lake).take().messages == 4


@pytest.mark.parametrize(
    ("limits", "options", "why"),
    [
        ({"retention": "workqueue"}, {}, "who takes a message deletes it"),
        ({"retention": "interest"}, {}, "who takes a message deletes it"),
        ({"max_msgs_per_subject": 5}, {"named_by": "id"}, "drops messages by subject"),
    ],
)
def test_a_stream_that_would_lose_messages_is_refused(
    server: Jetstream, opened: Opener, limits: Any, options: Any, why: str
):
    server.make("docs", **limits)
    with pytest.raises(SourceError, match=why):
        opened(**options).take()


def test_a_stream_that_is_not_there_is_told(opened: Opener):
    with pytest.raises(SourceError, match="stream not found"):
        opened().take()


def test_another_server_is_asked_where_the_first_is_gone(server: Jetstream, lake: Lake):
    server.publish("docs.a", b"text")
    assert nats_source(f"nats://127.0.0.1:1,{server.address}/docs", lake).take().messages == 1
    with pytest.raises(SourceError, match="Connect call failed"):
        nats_source("nats://127.0.0.1:1,127.0.0.1:2/docs", lake).take()


def test_change_events_need_the_header_with_the_key_of_their_row():
    options = {"messages": "change_events", "text": ["body"]}
    source = SourceSettings(url="nats://here/docs", options=options)
    ((_, _, expected),) = problems("topic", source)
    assert "`named_by` of change events" in expected
