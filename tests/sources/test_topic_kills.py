"""Killed while it takes from a topic, Doclake loses no message and doubles none. The long form is
`benchmarks/stream_kills.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.sources.kafka_server import broker
from tests.sources.nats_server import jetstream
from tests.sources.topic_kills import trial

pytestmark = pytest.mark.slow
each_kind = pytest.mark.parametrize("kind", [broker, jetstream], ids=["kafka", "nats"])


@each_kind
def test_two_that_are_killed_again_and_again_keep_each_message_once(kind: Any, tmp_path: Path):
    with kind() as server:
        outcome = trial(server, str(tmp_path / "lake"), kills=12)
    assert (outcome.lost, outcome.doubled, outcome.rows) == (0, 0, outcome.sent)


@each_kind
def test_offsets_in_a_commit_of_their_own_double_messages(kind: Any, tmp_path: Path):
    with kind() as server:
        outcome = trial(server, str(tmp_path / "lake"), kills=6, apart=True)
    assert outcome.doubled > 0, "the trial above could not fail"
