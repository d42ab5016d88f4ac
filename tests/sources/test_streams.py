"""What every kind of topic keeps to: each message once, the newest of a key, deletions that say
so."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from doclake import clock, ids
from doclake.errors import DocumentRefused
from doclake.lake import erased, messages
from doclake.lake.lake import Lake
from doclake.lake.messages import Messages
from doclake.project import Project
from doclake.settings import Settings, SourceSettings
from doclake.sources.conformance.cases import listed
from doclake.sources.streams.source import StreamSource
from doclake.tables.columns import TIMESTAMP
from tests.sources.kafka_server import Broker, broker
from tests.sources.nats_server import Jetstream, jetstream

Server = Broker | Jetstream
Opener = Callable[..., StreamSource]
EVENTS = {"messages": "change_events", "text": ["body"], "title": "subject"}


@pytest.fixture(params=[broker, jetstream], ids=["kafka", "nats"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with request.param() as server:
        yield server


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


@pytest.fixture
def opened(server: Server, lake: Lake) -> Opener:
    """`opened(access="readers")`: the source over the topic `docs` with these options."""

    def open_it(*, read_only: bool = False, **options: Any) -> StreamSource:
        given = {"timeout": 5, **server.options} | options
        source = SourceSettings(url=server.url("docs"), options=given)
        project = Project(Settings(sources={"topic": source}), lake)
        source_ = project.open_source("topic", read_only=read_only)
        assert isinstance(source_, StreamSource)
        return source_

    return open_it


def rows(lake: Lake) -> list[dict[str, Any]]:
    return lake.read("messages").to_pylist()


def test_two_that_take_at_once_keep_each_message_once(server: Server, lake: Lake, opened: Opener):
    for number in range(50):
        server.send("docs", f"k{number}", f"text {number}")
    server.flush()
    first, second = opened(), opened()
    memory, read = Messages(lake, "topic"), first._read
    with first._reading(), second._reading():

        def overtaken(offset_of: Any) -> Any:
            batch = read(offset_of)
            if not rows(lake):
                Messages(lake, "topic").take(second._read)  # between our read and our commit
            return batch

        assert memory.take(overtaken) is None, "it was refused, asked again, and found nothing new"
    assert sorted(row["path"] for row in rows(lake)) == sorted(f"k{n}" for n in range(50))


def test_where_to_go_on_is_known_to_another_process_and_costs_no_message(
    server: Server, lake: Lake, opened: Opener
):
    server.send("docs", "a", "one")
    server.flush()
    assert opened().take().messages == 1
    assert opened().take().messages == 0
    server.send("docs", "a", "two")
    server.send("docs", "b", "three")
    server.flush()
    taken = opened().take()
    assert (taken.messages, taken.lag) == (2, 0)
    assert {int(end) - int(first) for first, end in taken.ranges.values()} <= {1, 2}
    assert sum(end - first for first, end in taken.ranges.values()) == 2


def test_a_dry_run_takes_nothing_for_good(server: Server, lake: Lake, opened: Opener):
    server.send("docs", "a", "one")
    server.flush()
    assert set(listed(opened(read_only=True))) == {"a"}
    assert lake.version("messages") is None
    assert set(listed(opened())) == {"a"}


def test_the_last_message_of_a_key_stands_and_one_without_value_deletes(
    server: Server, lake: Lake, opened: Opener
):
    for value in ("old", "new", None, "back"):
        server.send("docs", "a", value)
    server.send("docs", "b", "gone")
    server.send("docs", "b", None)
    server.flush()
    source = opened()
    assert set(listed(source)) == {"a"}
    assert source.deleted == {"b"}
    with source.open("a") as stream:
        assert stream.read() == b"back"


def test_what_is_out_of_date_is_forgotten_and_nothing_comes_back(
    server: Server, lake: Lake, opened: Opener
):
    for value in ("old", "new"):
        server.send("docs", "kept", value)
    for value in ("once", None):
        server.send("docs", "gone", value)
    server.flush()
    opened().take()
    long_ago, now = (_time(year) for year in (2000, 2100))
    assert messages.forget_outdated(lake, long_ago) == 2
    assert sorted((row["path"], row["kind"]) for row in rows(lake)) == [
        ("gone", "delete"),
        ("kept", "put"),
    ]
    assert messages.forget_outdated(lake, now) == 1
    assert set(listed(opened())) == {"kept"}


def _time(year: int) -> Any:
    import pyarrow as pa

    return pa.scalar(clock.now().replace(year=year, month=1, day=1), TIMESTAMP)


def test_a_row_of_a_database_is_a_document_until_an_event_deletes_it(
    server: Server, opened: Opener
):
    after = {"id": 7, "subject": "Ferry", "body": "The ferry leaves at nine."}
    event = {"schema": {}, "payload": {"op": "u", "before": None, "after": after}}
    server.send("docs", json.dumps({"id": 7}), json.dumps(event))
    server.send("docs", json.dumps({"id": 8}), json.dumps({"op": "c", "after": after}))
    server.send("docs", json.dumps({"id": 8}), json.dumps({"op": "d", "before": after}))
    server.send("docs", json.dumps({"id": 9}), "no event")
    server.flush()
    source = opened(**EVENTS)
    found = listed(source)
    assert {"7.md"} == {path for path in found if not path.startswith("docs/")}
    assert source.deleted == {"8.md"}
    with source.open("7.md") as stream:
        assert stream.read().decode() == "# Ferry\n\nThe ferry leaves at nine\\.\n"
    (poison,) = (path for path in found if path.startswith("docs/"))
    with pytest.raises(DocumentRefused, match="no change event"):
        source.open(poison)


def test_other_columns_of_a_row_are_another_version(server: Server, opened: Opener):
    event = {"op": "c", "after": {"body": "b", "subject": "s", "team": "t"}}
    server.send("docs", '{"id": 7}', json.dumps(event))
    server.flush()
    one = listed(opened(**EVENTS))["7.md"]["signature"]
    assert listed(opened(**EVENTS, metadata=["team"]))["7.md"]["signature"] != one


def test_a_source_that_is_begun_anew_takes_its_topic_from_the_first_message(
    server: Server, lake: Lake, opened: Opener
):
    server.send("docs", "a", "one")
    server.flush()
    opened().take()
    messages.begin_anew(lake, "topic")
    assert rows(lake) == []
    assert set(listed(opened())) == {"a"}


def test_messages_of_an_erased_document_are_not_kept(server: Server, lake: Lake, opened: Opener):
    for key in ("erased", "kept"):
        server.send("docs", key, "text")
    server.flush()
    who = {"erasure_id": "a", "erased_by": "lee", "reason": None, "erased_at": clock.now()}
    doc_id = ids.doc_id("topic", "erased")
    erased.deny(lake, [{"source": "topic", "doc_id": doc_id, **who}])
    assert opened().take().messages == 2
    assert [row["path"] for row in rows(lake)] == ["kept"]
    assert opened().take().messages == 0, "it would be taken again and again"
