"""Two processes take from one topic at once and are killed at random moments, again and again: each
message must stand in the lake exactly once."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from typing import Any

from doclake.lake.lake import Lake
from doclake.project import Project
from doclake.settings import Settings, SourceSettings
from tests.sources.kafka_server import Broker
from tests.sources.nats_server import Jetstream

TOPIC, NAME = "messages", "topic"
PARTITIONS = 4
AT_ONCE = 2
LONGEST, SLICES = 2.0, 20
"""Seconds until the next kill, at most, and in how many parts messages come meanwhile."""
_WARM = ["confluent_kafka", "deltalake", "doclake.project", "doclake.sources.streams.kafka"]
_WARM += ["doclake.sources.streams.nats_client", "doclake.sources.streams.nats"]


@dataclass(frozen=True)
class Outcome:
    """`killed` are processes, `commits` those that hold messages."""

    sent: int
    rows: int
    distinct: int
    killed: int
    commits: int
    seconds: float

    @property
    def lost(self) -> int:
        return self.sent - self.distinct

    @property
    def doubled(self) -> int:
        return self.rows - self.distinct


def opened(url: str, options: dict[str, Any], lake: str) -> Any:
    source = SourceSettings(url=url, options=options, buckets=2)
    return Project(Settings(sources={NAME: source}), Lake(lake)).open_source(NAME)


def _take(url: str, options: dict[str, Any], lake: str, apart: bool) -> None:
    """Until it is killed. `apart` is the control: offsets in a commit of their own."""
    if apart:
        _offsets_apart()
    source = opened(url, options, lake)
    while True:
        source.take()


def _offsets_apart() -> None:
    from deltalake import DeltaTable

    from doclake.lake import marks, parquet

    together = parquet.append

    def append(table: Any, name: str, rows: Any, commit: Any = None) -> None:
        together(DeltaTable(table.table_uri), name, rows)
        if commit is not None:
            together(DeltaTable(table.table_uri), name, rows.slice(0, 0), commit)

    marks.parquet.append = append  # type: ignore[assignment]


def trial(
    server: Broker | Jetstream,
    lake: str,
    *,
    kills: int,
    per_kill: int = 120,
    seed: int = 0,
    apart: bool = False,
) -> Outcome:
    """Kill `kills` processes while messages come; then let one go on to the end, and count."""
    chance, begun = random.Random(seed), time.monotonic()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_WARM)
    sent = 0
    for partition in range(PARTITIONS):  # the first messages make the topic
        server.send(TOPIC, f"m{sent}", f"text {sent}", partition=partition)
        sent += 1
    server.flush()

    def start() -> BaseProcess:
        at = (server.url(TOPIC), server.options, lake, apart)
        process = context.Process(target=_take, args=at, daemon=True)
        process.start()
        return process

    at_work = [start() for _ in range(AT_ONCE)]
    try:
        for _ in range(kills):
            pause = chance.uniform(0, LONGEST) / SLICES
            for _ in range(SLICES):
                for _ in range(per_kill // SLICES):
                    server.send(TOPIC, f"m{sent}", f"text {sent}", partition=sent % PARTITIONS)
                    sent += 1
                server.flush()
                time.sleep(pause)
            victim = at_work.pop(0)
            os.kill(victim.pid or 0, 9)
            victim.join()
            at_work.append(start())
        _wait(lake, sent)
    finally:
        for process in at_work:
            process.kill()
            process.join()
    return _counted(lake, sent, kills, time.monotonic() - begun)


def _wait(lake: str, sent: int) -> None:
    """Until all of them are there, or have not come for a minute."""
    best, since = 0, time.monotonic()
    while time.monotonic() - since < 60:
        there = len(set(_offsets(lake)))
        if there >= sent:
            return
        if there > best:
            best, since = there, time.monotonic()
        time.sleep(0.3)


def _offsets(lake: str) -> Iterator[tuple[int, int]]:
    rows = Lake(lake).read("messages", columns=["partition", "message_offset"])
    return zip(rows["partition"].to_pylist(), rows["message_offset"].to_pylist(), strict=True)


def _counted(lake: str, sent: int, killed: int, seconds: float) -> Outcome:
    rows = Lake(lake).read("messages").to_pylist()
    by_text = Counter((row["path"], row["content"].decode()) for row in rows)
    assert set(by_text) <= {(f"m{n}", f"text {n}") for n in range(sent)}, "a message that none sent"
    commits = len({row["batch"] for row in rows})
    return Outcome(sent, len(rows), len(by_text), killed, commits, seconds)
