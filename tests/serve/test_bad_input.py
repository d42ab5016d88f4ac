"""Whatever is sent, the answer is a typed error that tells nothing of the machine, and the server
goes on."""

from __future__ import annotations

import contextlib
import json
import socket
import time

import pytest

from doclake.serve.gate import BODY
from tests.served import Served, serving

SQL = "x' OR '1'='1'; DROP TABLE chunks; --"
SPADE = {"question": "Where is the spade?"}


def _is_well(served: Served) -> bool:
    return served.search("Where is the pond?").json["hits"][0]["path"] == "pond.md"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "request_invalid"),
        (b"{", "request_invalid"),
        (b"[]", "request_invalid"),
        (b"null", "request_invalid"),
        (b"\xff\xfe\x00", "request_invalid"),
        (b'{"question": "a", "question2": "b"}', "request_invalid"),
        (b'{"question": 5}', "request_invalid"),
        (b'{"question": ["a"]}', "request_invalid"),
        (b'{"question": "a", "k": "5"}', "request_invalid"),
        (b'{"question": "a", "k": 5.5}', "request_invalid"),
        (b'{"question": "a", "k": NaN}', "request_invalid"),
        (b'{"question": "a", "k": 1e400}', "request_invalid"),
        (b'{"question": "a", "filters": []}', "request_invalid"),
        (b'{"question": "a", "filters": {"page": [1e400]}}', "filter_invalid"),
        (b'{"question": "a", "filters": {"page": {"a": 1}}}', "filter_invalid"),
        (b'{"question": "a", "filters": {"metadata": {"a": {}}}}', "filter_invalid"),
        (b'{"question": "\\u0000\\u0001\\u0007"}', "question_empty"),
        (b"[" * 100_000, "request_invalid"),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "request_invalid"),
    ],
)
def test_a_body_that_is_no_question_is_refused_by_its_code(server, body, code):
    answer = server.ask("POST", "/search", body)
    assert (answer.status, answer.code) == (400, code), answer.body
    assert answer.json["mend"]
    assert len(answer.body) < 10_000


def test_a_body_that_is_not_sent_as_json_is_refused(server):
    """A page of another site can send any other type without asking first."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = server.ask("POST", "/search", json.dumps(SPADE).encode(), content_type=kind)
        assert (answer.status, answer.code) == (400, "request_invalid")


@pytest.mark.parametrize("path", ["/search", "/mcp"])
def test_a_body_of_more_than_a_megabyte_is_refused(server, path):
    answer = server.ask("POST", path, {"question": "a" * BODY})
    assert (answer.status, answer.code) == (413, "body_too_large")


def test_a_question_as_long_as_a_body_may_be_is_answered_by_its_beginning(server):
    began = time.process_time()
    answer = server.search("Where is the pond? " * 50_000)
    assert (answer.status, answer.json["hits"][0]["path"]) == (200, "pond.md")
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    "text", [SQL, "\x00\x1b[31m", "\ud800", "\\' OR true --", "A" * 5_000, "한'"]
)
def test_no_text_in_any_field_does_more_than_name_something(server, text):
    assert server.search(text).status == 200
    for name in ("source", "language", "type", "path", "since", "until"):
        value = text if name in ("since", "until") else [text]
        answer = server.search("pond", filters={name: value})
        assert answer.status in (200, 400), answer.body
        assert answer.status == 400 or answer.json["hits"] == []
    for metadata in ({"author": text}, {text: "a"}):
        answer = server.search("pond", filters={"metadata": metadata})
        assert answer.status == 400 or answer.json["hits"] == []
    assert server.search("pond", filters={text: [text]}).code == "filter_invalid"
    assert _is_well(server)


@pytest.mark.parametrize(
    "path", ["/page", "/search", "/../../etc/passwd", "/%2e%2e/%00", "/a" * 3_000]
)
def test_a_path_that_is_not_there_is_a_typed_error(server, path):
    answer = server.ask("GET", path)
    assert answer.status in (404, 405)
    assert answer.code in ("not_found", "request_invalid")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
def test_a_page_that_leads_its_own_name_here_is_refused(server, host):
    answer = server.ask("POST", "/search", SPADE, Host=host)
    assert (answer.status, answer.code) == (403, "forbidden")


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example"]
)
@pytest.mark.parametrize("path", ["/search", "/mcp"])
def test_a_page_of_another_site_is_refused(server, origin, path):
    answer = server.ask("POST", path, SPADE, Origin=origin)
    assert (answer.status, answer.code) == (403, "forbidden")


def test_no_answer_allows_other_sites_to_read_it(server):
    for method in ("POST", "OPTIONS"):
        answer = server.ask(method, "/search", SPADE, Origin=server.url)
        assert not [name for name in answer.headers if name.startswith("access-control")]


def test_an_error_of_ours_tells_nothing_of_the_machine(server, closed):
    index = closed.folder / "lake/index"
    index.rename(closed.folder / "aside")
    try:
        answer = server.search("Where is the pond?")
        assert (answer.status, answer.code) == (503, "index_state")
        assert str(closed.folder) not in answer.body.decode()
        assert server.ask("GET", "/readyz").status == 503
        assert server.ask("GET", "/healthz").status == 200
    finally:
        (closed.folder / "aside").rename(index)
    assert server.ask("GET", "/readyz").status == 200


def test_a_bug_of_ours_tells_nothing_at_all(server, monkeypatch):
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("/secret/path of this machine")

    monkeypatch.setattr("doclake.search.door.ask", fails)
    answer = server.search("Where is the pond?")
    assert (answer.status, answer.code) == (500, "internal_error")
    assert b"secret" not in answer.body


def _connect(served: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", served.port), timeout=10)


def test_many_open_connections_that_say_nothing_keep_nobody_out(server):
    most = server.server.config.http.most
    idle = [_connect(server) for _ in range(most + 500)]
    try:
        assert _is_well(server)
        time.sleep(0.2)
        assert len(server.server.server_state.connections) <= most
        assert _is_well(server)
    finally:
        for one in idle:
            one.close()


@pytest.mark.parametrize(
    "sent", [b"", b"POST /search HT", b"GET / HTTP/1.1\r\nHost: localhost\r\n"]
)
def test_a_connection_that_does_not_go_on_is_closed(server, monkeypatch, sent):
    monkeypatch.setattr("doclake.serve.connections.SILENT_SECONDS", 0.5)
    with _connect(server) as connection:
        connection.sendall(sent)
        connection.settimeout(20)
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(10) == b""
    assert _is_well(server)


def test_an_answer_that_nobody_reads_holds_no_place_for_long(server, monkeypatch):
    monkeypatch.setattr("doclake.serve.connections.UNREAD_SECONDS", 0.5)
    body = json.dumps({"question": "Where is the pond? " + " " * 900_000 + "?"}).encode()
    head = (
        "POST /ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Accept: text/event-stream\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        deaf.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        deaf.connect(("127.0.0.1", server.port))
        own = deaf.getsockname()
        deaf.sendall(head.encode() + body)

        def is_held() -> bool:
            return any(own == one.client for one in server.server.server_state.connections)

        assert is_held()
        until = time.monotonic() + 60
        while is_held() and time.monotonic() < until:
            time.sleep(0.1)
        assert not is_held()
    assert _is_well(server)


def test_no_stream_without_an_end_is_opened(server):
    refused = server.ask("GET", "/mcp", accept="text/event-stream")
    assert refused.status == 405
    assert _is_well(server)


def test_settings_that_are_gone_are_told_to_the_operator_alone(closed):
    file = closed.folder / "doclake.yaml"
    kept = file.read_text("utf-8")
    with serving(closed.project) as served:
        file.unlink()
        try:
            told = served.search("Where is the pond?")
        finally:
            file.write_text(kept, "utf-8")
    assert told.status == 500
    assert str(closed.folder).encode() not in told.body


def test_a_body_that_trickles_in_is_not_waited_for(server, monkeypatch):
    monkeypatch.setattr("doclake.serve.gate._BODY_SECONDS", 0.5)
    head = b"POST /search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with _connect(server) as connection:
        connection.sendall(head + b"Content-Length: 1000\r\n\r\n{")
        connection.settimeout(20)
        assert b" 400 " in connection.recv(1000)
    assert _is_well(server)


@pytest.mark.slow
def test_ten_thousand_open_connections_keep_nobody_out(server):
    """As many at once as this process may have open, again and again."""
    most = server.server.config.http.most
    opened = 0
    while opened < 10_000:
        idle = [_connect(server) for _ in range(3 * most // 2)]
        opened += len(idle)
        assert _is_well(server)
        assert len(server.server.server_state.connections) <= most
        for one in idle:
            one.close()
    assert _is_well(server)
