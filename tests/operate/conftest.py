"""Servers of this machine that take the news: a webhook and a mail server."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message


def unused_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Hook(ThreadingHTTPServer):
    """Keeps what was posted and answers `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _HookHandler)
        self.posted: list[tuple[str, str, dict]] = []
        self.status = 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class _HookHandler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append((self.path, self.headers["Content-Type"], json.loads(body)))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class MailServer(Message):
    """Keeps the messages it got."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list = []
        self.controller = Controller(self, hostname="127.0.0.1", port=unused_port())

    def handle_message(self, message: object) -> None:
        self.messages.append(message)

    @property
    def url(self) -> str:
        at = f"127.0.0.1:{self.controller.port}"
        return f"mailto://{at}?from=doclake@noeul.example&to=kim@noeul.example"


@pytest.fixture
def nobody() -> str:
    """Host and port where nothing listens."""
    return f"127.0.0.1:{unused_port()}"


@pytest.fixture
def hook() -> Iterator[Hook]:
    server = Hook()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.controller.start()
    yield server
    server.controller.stop()
