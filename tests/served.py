"""A project's server in a thread of this process, and what a client says to it."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from doclake.project import Project
from doclake.serve import embedding_app
from doclake.serve.announcement import Announcement, announced
from doclake.serve.app import create_app
from doclake.serve.run import Server, listen

KEY = "the-key-of-the-command-line"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """Of an error, which always has these four parts."""
        assert set(self.json) == {"code", "message", "mend", "problems"}
        return str(self.json["code"])


@dataclass(frozen=True)
class Served:
    port: int
    server: Server

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        **headers: str,
    ) -> Answer:
        """A body that is no bytes is sent as JSON. `_` in the name of a header means `-`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            sent.setdefault("content-type", "application/json")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()

    def search(self, question: str, *, token: str | None = None, **more: Any) -> Answer:
        return self.ask("POST", "/search", {"question": question, **more}, token=token)


@contextmanager
def serving(project: Project) -> Iterator[Served]:
    """Announced to the command line, as `doclake serve` is."""
    app = create_app(project, KEY)
    app.state.service.warm_up()
    with (
        running(app, project) as served,
        announced(project.lake.url, Announcement(served.url, KEY)),
    ):
        yield served


@contextmanager
def serving_embeddings(project: Project) -> Iterator[Served]:
    """As `doclake serve embeddings`."""
    app = embedding_app.create_app(project)
    app.state.service.warm_up()
    with running(app, project) as served:
        yield served


@contextmanager
def running(app: FastAPI, project: Project) -> Iterator[Served]:
    server = Server(app, project.settings.serve.connections)
    with listen("127.0.0.1", 0) as socket:
        port = socket.getsockname()[1]
        thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]})
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield Served(port, server)
        finally:
            server.should_exit = True
            thread.join(60)
    assert not thread.is_alive()
