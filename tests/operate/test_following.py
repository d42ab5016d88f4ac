"""`doclake stream` after a failure."""

from __future__ import annotations

import time

import pytest

from doclake.errors import MessagesLost
from doclake.operate import incidents
from doclake.operate.following import Following
from tests.sources.kafka_server import broker


@pytest.fixture
def following(flow, hook, monkeypatch):
    """Of the topic `letters`, whose people are told at `hook`, and a way to send to it."""
    with broker() as server:
        source = {"url": f"kafka://{server.address}/docs", "access": ["everyone"], "buckets": 2}
        source["options"] = {"timeout": 3}
        monkeypatch.setenv("DOCLAKE_ALERTS__WEBHOOK", hook.url)
        flow.configure(sources={"letters": source})
        server.send("docs", "first", "The ferry leaves at noon.", partition=0)
        server.flush()
        yield Following(flow.project, "letters"), server


def test_a_good_step_ends_a_failure_though_no_message_came(flow, hook, following):
    topic, server = following
    assert topic.step().error is None
    metrics = (flow.folder / "lake/metrics.prom").read_text()
    assert 'doclake_documents{source="letters",status="ok"} 1.0' in metrics
    for number in range(900):
        server.send("docs", "large", "x" * 10_000, partition=0)  # more than the topic keeps
        if not number % 100:
            server.flush()
    server.flush()
    assert isinstance(topic.step().error, MessagesLost)
    assert topic.failures == 1
    hook.status = 500  # news that nobody takes is sent again at each occasion
    another = Following(flow.project, "letters")
    another.accept_loss()
    another.step()
    time.sleep(2.1)  # the rest after one failure
    assert topic.step() is None
    assert topic.failures == 0
    assert not incidents.unresolved(flow.lake, "letters")
    posted = len(hook.posted)
    assert topic.step() is None
    assert len(hook.posted) == posted, "people were told again of what is over"
