"""People are told through a webhook; a dead one harms nothing. The server here is a real one."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from doclake.lake.lake import Lake
from doclake.operate import incidents, notifications

INCIDENT = {
    "source": "notes",
    "severity": "critical",
    "cause": "run",
    "message": "The run failed: no space left. 한글",
    "owner": "team:data",
    "run_id": "r1",
    "seconds_to_resolve": 600.0,
}


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append((self.headers["Content-Type"], json.loads(body)))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hook)
    server.posted, server.status = [], 200
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def _url(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}/hook"


def test_an_incident_is_told_as_slack_understands_it(hook):
    assert notifications.opened(_url(hook), INCIDENT)
    ((kind, body),) = hook.posted
    assert kind == "application/json"
    assert body.keys() == {"text"}
    for part in ("notes", "critical", "no space left. 한글", "team:data", "r1"):
        assert part in body["text"]


def test_its_end_is_told_with_how_long_it_took(hook):
    assert notifications.closed(_url(hook), INCIDENT)
    assert "10 min" in hook.posted[0][1]["text"]


def test_without_a_webhook_nobody_is_told():
    assert not notifications.opened(None, INCIDENT)


@pytest.mark.parametrize("status", [404, 500])
def test_a_webhook_that_refuses_is_logged_and_harms_nothing(hook, status, caplog):
    hook.status = status
    assert not notifications.opened(_url(hook), INCIDENT)
    assert str(status) in caplog.text


def test_a_webhook_that_is_not_there_is_logged_and_harms_nothing(caplog):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert not notifications.opened(f"http://127.0.0.1:{port}/hook", INCIDENT)
    assert "could not be reached" in caplog.text


def test_what_did_not_arrive_is_told_later_and_once(hook, tmp_path):
    lake = Lake(str(tmp_path / "lake"))
    _open(lake, "notes")
    hook.status = 500
    notifications.tell(lake, _url(hook))
    incidents.resolve(lake, "notes", incidents.RUN, "r2")
    hook.status = 200
    hook.posted.clear()
    for _ in range(2):
        notifications.tell(lake, _url(hook))
    opening, closing = (body["text"] for _, body in hook.posted)
    assert "no space left" in opening
    assert "good again" in closing


def test_incidents_of_long_ago_are_no_news_to_a_new_webhook(hook, tmp_path, monkeypatch):
    lake = Lake(str(tmp_path / "lake"))
    _open(lake, "notes")
    monkeypatch.setattr(notifications, "NEWS", timedelta(0))
    notifications.tell(lake, _url(hook))
    assert hook.posted == []


def _open(lake: Lake, source: str) -> None:
    told = {name: INCIDENT[name] for name in ("owner", "message", "run_id")}
    incidents.raise_incident(lake, source, incidents.RUN, failed_at=datetime.now(UTC), **told)


@pytest.mark.parametrize("answer", [b"", b"this is not HTTP\r\n\r\n", b"HTTP/1.1 200"])
def test_a_webhook_that_speaks_no_http_or_never_answers_harms_nothing(monkeypatch, answer):
    monkeypatch.setattr(notifications, "TIMEOUT_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_answer, args=(server, answer))
        thread.start()
        started = time.monotonic()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        told = notifications.opened(url, INCIDENT)
        assert time.monotonic() - started < 5
        thread.join()
    assert told == (answer == b"HTTP/1.1 200")


def _answer(server: socket.socket, answer: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(1 << 16)
        connection.sendall(answer)
        if not answer:
            time.sleep(1)
