"""A server of models on this machine that answers as a test says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Said = tuple[int, dict[str, str], bytes | Iterable[bytes]]
"""Status, headers and answer; one in parts is sent as they come, and ends with the connection."""
Script = Callable[[int, bytes], Said]
"""From the number of a request, from 0, and its body."""


@dataclass
class Asked:
    """`url` is the server's; `bodies` are those it has received, `keys` their Authorization."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)


@contextmanager
def serving(script: Script) -> Iterator[Asked]:
    asked = Asked()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked.bodies.append(body)
            asked.keys.append(self.headers.get("Authorization"))
            status, headers, answer = script(len(asked.bodies) - 1, body)
            self.send_response(status)
            length = {"Content-Length": str(len(answer))} if isinstance(answer, bytes) else {}
            for name, value in {**length, **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(ConnectionError):  # a client may go away
                for part in [answer] if isinstance(answer, bytes) else answer:
                    self.wfile.write(part)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    asked.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def fine(said: Any) -> Said:
    return 200, {}, json.dumps(said).encode()


def page(text: str, finish: str = "stop") -> Said:
    return fine({"choices": [{"message": {"content": text}, "finish_reason": finish}]})


def event(text: str, finish: str | None = None, tokens: int | None = None) -> bytes:
    """A piece of a streamed answer."""
    said: dict[str, Any] = {"choices": [{"delta": {"content": text}, "finish_reason": finish}]}
    if tokens is not None:
        said["usage"] = {"total_tokens": tokens}
    return f"data: {json.dumps(said)}\n\n".encode()


def streamed(parts: Iterable[bytes]) -> Said:
    return 200, {"Content-Type": "text/event-stream"}, parts


def words(text: str, tokens: int | None = None) -> Said:
    """A whole answer, streamed as most servers do."""
    parts = [event(word) for word in text.split(" ")[:1]]
    parts += [event(f" {word}") for word in text.split(" ")[1:]]
    return streamed([*parts, event("", "stop", tokens), b"data: [DONE]\n\n"])
