"""doclake stream"""

from __future__ import annotations

import json
import time

import pytest

from doclake.lake import runs
from doclake.lake.scope import Scope
from doclake.operate.following import Following
from tests.sources.kafka_server import broker


@pytest.fixture
def server():
    with broker() as server:
        yield server


def topic_of(server):
    return {"url": server.url("docs"), "access": ["everyone"], "buckets": 2}


@pytest.fixture
def topic(server, flow):
    source = topic_of(server) | {"options": {"timeout": 3}}
    notes = {"url": "documents", "access": ["everyone"], "buckets": 4}
    flow.configure(sources={"letters": source, "notes": notes})
    return flow


def texts(flow) -> dict[str, str]:
    rows = flow.lake.read("chunks", Scope("letters")).to_pylist()
    return {row["path"]: row["text"] for row in rows}


def test_messages_are_found_and_what_is_deleted_is_not(server, topic, command, capsys):
    for number in range(12):
        server.send("docs", f"k{number}", f"The ferry number {number} leaves at noon.")
    server.send("docs", None, "nobody's", partition=1)
    server.flush()
    assert command("stream", "--once") == 0
    assert "13 messages taken, 0 wait; 1 document failed" in capsys.readouterr().out
    assert command("quarantine", "list", "--source", "letters") == 0
    shown = capsys.readouterr().out
    assert "message_has_key" in shown
    (refused,) = topic.lake.read("quarantine", Scope("letters")).to_pylist()
    assert refused["evidence"] == "partition 1, offset {} of docs".format(refused["path"][-1])
    assert len(texts(topic)) == 12
    assert texts(topic)["k3"] == "The ferry number 3 leaves at noon."
    for number in range(12):
        server.send("docs", f"k{number}", None)  # all of them, which no guard would let pass
    server.flush()
    assert command("stream", "--once") == 0
    assert texts(topic) == {}
    assert topic.findings() == []


def test_status_says_how_far_a_topic_was_taken(server, topic, command, capsys):
    for number in range(1_100):
        server.send("docs", f"k{number}", "text", partition=0, time=1_700_000_000_000)
    server.flush()
    command("status", "--json")
    assert "topic" not in json.loads(capsys.readouterr().out)["sources"].get("letters", {})
    topic.configure(sources={"letters": topic_of(server) | {"options": {"take_for": "0s"}}})
    topic.project.open_source("letters").take()
    command("status")
    told = " ".join(capsys.readouterr().out.split())
    assert "letters: 100 messages waited when it last took some, the newest" in told
    assert "was sent at 2023-11-14 22:13:20 UTC" in told
    command("status", "--json")
    assert json.loads(capsys.readouterr().out)["sources"]["letters"]["topic"] == {
        "messages_waiting": 100,
        "newest_sent_at": "2023-11-14T22:13:20+00:00",
    }


def test_a_quiet_topic_that_is_followed_is_fresh(server, topic, monkeypatch):
    server.send("docs", "k", "The ferry leaves at noon.")
    server.flush()
    following = Following(topic.project, "letters")
    assert following.step() is not None
    assert len(runs.ends(topic.lake, "letters")) == 1
    assert following.step() is None
    assert len(runs.ends(topic.lake, "letters")) == 1  # at most one a minute
    later = time.monotonic() + 61
    monkeypatch.setattr("doclake.operate.following.time.monotonic", lambda: later)
    assert following.step() is None
    assert len(runs.ends(topic.lake, "letters")) == 2


def test_what_was_taken_before_a_kill_becomes_rows(server, topic, command):
    server.send("docs", "k", "The ferry leaves at noon.")
    server.flush()
    topic.project.open_source("letters").take()  # and then the process was killed
    assert command("stream", "--once") == 0
    assert list(texts(topic)) == ["k"]


def test_a_gap_is_told_opens_an_incident_and_is_passed_when_somebody_accepts_it(
    server, topic, command, capsys
):
    server.send("docs", "first", "The ferry leaves at noon.", partition=0)
    server.flush()
    assert command("stream", "--once") == 0
    for number in range(900):
        server.send("docs", "large", "x" * 10_000, partition=0)  # more than the topic keeps
        if not number % 100:
            server.flush()
    server.send("docs", "large", "The ferry leaves at nine.", partition=0)
    server.flush()
    assert command("stream", "--once") == 1
    assert "--accept-loss" in capsys.readouterr().err
    opened = topic.lake.read("incidents").to_pylist()
    assert any("are gone" in one["message"] and one["resolved_at"] is None for one in opened)
    assert command("stream", "--once", "--accept-loss") == 0
    assert texts(topic) == {
        "first": "The ferry leaves at noon.",
        "large": "The ferry leaves at nine.",
    }
    (noted,) = (a for a in topic.lake.read("audit").to_pylist() if a["action"] == "accept_loss")
    assert noted["source"] == "letters"


def test_an_erased_message_leaves_no_byte(server, topic, command):
    for text in ("The old heron flies.", "The heron flies."):
        server.send("docs", "bird", text)
    server.send("docs", "boat", "The ferry leaves.")
    server.flush()
    assert command("stream", "--once") == 0
    folder = topic.folder / "lake" / "tables" / "messages"
    before = {file.name for file in folder.rglob("*.parquet")}
    assert command("erase", "--source", "letters", "--document", "bird", "--yes") == 0
    kept = topic.lake.read("messages").to_pylist()
    assert [row["path"] for row in kept] == ["boat"]
    holding = {row["path"] for row in topic.lake.read("documents", Scope("letters")).to_pylist()}
    assert holding == {"boat"}
    assert before - {file.name for file in folder.rglob("*.parquet")}, "its files are there still"


def test_a_source_that_is_no_topic_cannot_be_followed(flow, command, capsys):
    assert command("stream", "--source", "notes") != 0
    assert "no topic" in capsys.readouterr().err
