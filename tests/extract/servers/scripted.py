"""A server of models on this machine that answers as a test says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Script = Callable[[int, bytes], tuple[int, dict[str, str], bytes]]
"""From the number of a request, from 0, and its body to status, headers and answer."""


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
            for name, value in {"Content-Length": str(len(answer)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

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


def fine(said: Any) -> tuple[int, dict[str, str], bytes]:
    return 200, {}, json.dumps(said).encode()


def page(text: str, finish: str = "stop") -> tuple[int, dict[str, str], bytes]:
    return fine({"choices": [{"message": {"content": text}, "finish_reason": finish}]})
