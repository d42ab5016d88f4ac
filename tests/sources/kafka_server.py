"""A broker of Kafka on this machine: the one that librdkafka brings, over TCP, in a process of its
own. It keeps the last 5 MB of a partition, as a topic with short retention does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import psutil
from confluent_kafka import Producer

QUIET = {"log_level": 0, "error_cb": lambda _: None}
_SERVER = """
import sys
from confluent_kafka import Producer
producer = Producer({"bootstrap.servers": "unused", "test.mock.num.brokers": 1})
brokers = producer.list_topics(timeout=10).brokers.values()
print(",".join(f"{one.host}:{one.port}" for one in brokers), flush=True)
sys.stdin.read()
"""
Headers = Sequence[tuple[str, bytes]]


class Broker:
    """Topics are made by their first message, with 4 partitions."""

    options: ClassVar[dict[str, Any]] = {}

    def __init__(self, address: str, process: subprocess.Popen[str]) -> None:
        self.address, self._process = address, process
        self.port = int(address.rpartition(":")[2])
        self._producer = Producer({"bootstrap.servers": address, **QUIET})

    def send(
        self,
        topic: str,
        key: str | bytes | None,
        value: str | bytes | None,
        headers: Headers = (),
        partition: int = -1,
        time: int = 0,
    ) -> None:
        """Into a partition by its key, unless one is named; `time` is in milliseconds since 1970,
        and 0 is now."""
        given = {"partition": partition} if partition >= 0 else {}
        self._producer.produce(topic, value, key, headers=list(headers), timestamp=time, **given)
        self._producer.poll(0)

    def url(self, topic: str) -> str:
        return f"kafka://{self.address}/{topic}"

    def asked_from(self) -> set[int]:
        """The ports of whoever is connected to it, but for itself."""
        lines = psutil.Process(self._process.pid).net_connections()
        ends = [(line.laddr.port, line.raddr.port) for line in lines if line.raddr]
        return {theirs for its, theirs in ends if its == self.port and (theirs, its) not in ends}

    def flush(self) -> None:
        assert not self._producer.flush(20)

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(20)


@contextmanager
def broker() -> Iterator[Broker]:
    with subprocess.Popen(
        [sys.executable, "-c", _SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        started = Broker(process.stdout.readline().strip(), process)
        try:
            yield started
        finally:
            process.kill()
