"""Running the server: one process, until SIGTERM or SIGINT; requests at work are answered first."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import resource
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator

import uvicorn
from fastapi import FastAPI

from doclake.errors import SettingsError
from doclake.project import Project
from doclake.serve import embedding_app
from doclake.serve.announcement import Announcement, announced
from doclake.serve.app import create_app
from doclake.serve.connections import Connection, close_silent

_GRACE_SECONDS = 30
_BACKLOG = 2048
_SPARE_FILES = 256  # beside connections: tables, models, the index


def run(project: Project, host: str, port: int, tell: Callable[[str], None]) -> None:
    """Serve searches until told to stop. `tell` hears the URL once questions are answered.

    Raises `SettingsError` for an address that other machines reach while nobody needs a token, and
    for one that cannot be listened on.
    """
    listening = _listening(project, host, port)
    key = secrets.token_urlsafe(32)
    app = create_app(project, key)
    app.state.service.warm_up()
    local = _url(_reached(host), listening)
    with announced(project.lake.url, Announcement(local, key)):
        _serve(project, app, listening, host, tell)


def run_embeddings(project: Project, host: str, port: int, tell: Callable[[str], None]) -> None:
    """Serve the lake's model until told to stop. Raises as `run` does, and `ModelError`."""
    listening = _listening(project, host, port)
    app = embedding_app.create_app(project)
    app.state.service.warm_up()
    _serve(project, app, listening, host, tell)


def _listening(project: Project, host: str, port: int) -> socket.socket:
    require_tokens(project, host)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    return listen(host, port)


def _serve(
    project: Project,
    app: FastAPI,
    listening: socket.socket,
    host: str,
    tell: Callable[[str], None],
) -> None:
    server = Server(app, project.settings.serve.connections)
    listening.listen(_BACKLOG)  # from here on connections wait, and are accepted in a moment
    tell(_url(host, listening))
    server.run(sockets=[listening])


def _url(host: str, listening: socket.socket) -> str:
    return f"http://{_shown(host)}:{listening.getsockname()[1]}"


def require_tokens(project: Project, host: str) -> None:
    """Raises `SettingsError` unless `host` is this machine alone or callers need tokens."""
    if project.settings.serve.knows_tokens or is_loopback(host):
        return
    raise SettingsError(
        f"{host} can be reached from other machines, and no tokens are configured.",
        mend="Set serve.token_file or serve.principals_command, or listen on 127.0.0.1.",
        problems=[("--host", host, "127.0.0.1, or tokens in the settings")],
    )


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Server(uvicorn.Server):
    """uvicorn's, which ends without an error when it is told to stop."""

    def __init__(self, app: FastAPI, connections: int) -> None:
        protocol = type("Connection", (Connection,), {"most": _with_files(connections)})
        config = uvicorn.Config(
            app,
            http=protocol,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            backlog=_BACKLOG,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        super().__init__(config)

    async def main_loop(self) -> None:
        sweeping = asyncio.create_task(close_silent(self.server_state.connections))
        try:
            await super().main_loop()
        finally:
            sweeping.cancel()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """uvicorn's raises the signal once more at the end, which kills the process before it has
        tidied up."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        signals = (signal.SIGINT, signal.SIGTERM)
        before = {each: signal.signal(each, self.handle_exit) for each in signals}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


def _with_files(connections: int) -> int:
    """So many connections, or what this process may open: each is a file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(1, min(connections, soft - _SPARE_FILES))
    return connections


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address; raises `SettingsError`."""
    listening = None
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError as error:
        if listening is not None:
            listening.close()
        raise SettingsError(
            f"Nothing can listen on {host}, port {port}: {error.strerror}.",
            mend="Choose another --host or --port.",
            problems=[("--port", f"{host}:{port}", "an address of this machine that is free")],
        ) from None
    listening.set_inheritable(False)
    return listening


def _reached(host: str) -> str:
    """The address under which this machine reaches it."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
