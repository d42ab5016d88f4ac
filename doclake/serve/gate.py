"""What every request passes before any route: who asks, how often, and how slowly it is sent."""

from __future__ import annotations

import time
from typing import Any

import anyio
import anyio.to_thread
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from doclake.errors import DoclakeError
from doclake.serve.caller import Callers
from doclake.serve.failures import response_of
from doclake.serve.metrics import Metrics
from doclake.serve.service import Service

_BODY_SECONDS = 10  # for a body of a megabyte at most
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)
_OTHER = "other"
PROBES = ("/healthz", "/readyz")
"""Asked without a token and however often: what they say is no secret."""


class Gate:
    """ASGI middleware. `scope["state"]["caller"]` is the `Caller` from here on."""

    def __init__(self, app: ASGIApp, service: Service, callers: Callers, metrics: Metrics) -> None:
        self._app, self._service = app, service
        self._callers, self._metrics = callers, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = {name for name, _ in message["headers"]}
                message["headers"] += [pair for pair in _HEADERS if pair[0] not in own]
            await send(message)

        try:
            await self._pass(scope, _Patient(receive), counted)
        finally:
            self._metrics.count(_route(scope), status, time.perf_counter() - began)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] in PROBES:
            await self._app(scope, receive, send)
            return
        try:
            scope.setdefault("state", {})["caller"] = await self._caller(scope)
        except DoclakeError as error:
            await response_of(error)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _caller(self, scope: Scope) -> Any:
        headers = Headers(scope=scope)
        address = scope["client"][0] if scope.get("client") else "unknown"
        settings = self._service.project().settings
        if settings.serve.principals_command and "authorization" in headers:
            return await anyio.to_thread.run_sync(self._callers.of, headers, address, settings)
        return self._callers.of(headers, address, settings)


class _Patient:
    """Receives a body, but does not wait for one that trickles in: then the asker is gone."""

    def __init__(self, receive: Receive) -> None:
        self._receive, self._whole = receive, False
        self._until = time.monotonic() + _BODY_SECONDS

    async def __call__(self) -> Message:
        if self._whole:
            return await self._receive()
        try:
            with anyio.fail_after(max(0.0, self._until - time.monotonic())):
                message = await self._receive()
        except TimeoutError:
            return {"type": "http.disconnect"}
        self._whole = not message.get("more_body", False)
        return message


def _route(scope: Scope) -> str:
    """The pattern of its path: no label for every path that somebody tries."""
    return getattr(scope.get("route"), "path", _OTHER)
