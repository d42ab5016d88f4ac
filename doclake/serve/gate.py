"""What every request passes before any route: who asks, how often, how much and how slowly."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import anyio
from fastapi.telemetry import TelemetryConfig
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from doclake import tracing
from doclake.errors import BodyTooLarge, DoclakeError, RequestInvalid, TokenUnknown
from doclake.serve.caller import Caller, Callers
from doclake.serve.failures import response_of
from doclake.serve.metrics import Metrics
from doclake.serve.threads import Threads

BODY = 1_000_000
"""Bytes of the body of a request, at most."""
_BODY_SECONDS = 10.0
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)
_OTHER = "other"
STREAMED = ("/documents",)
"""Whose body goes to disk as it comes, with bounds of its own."""
_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
PROBES = ("/healthz", "/readyz")
"""Asked without a token and however often: what they say is no secret."""
NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "auto_configure": False,
}
"""FastAPI's own would send paths, queries and messages of errors."""
UNTRACED = (*PROBES, "/metrics")


class Gate:
    """ASGI middleware. `scope["state"]["caller"]` is the `Caller` from here on. `mounted` are paths
    of routes that are not FastAPI's."""

    def __init__(
        self,
        app: ASGIApp,
        service: Threads,
        callers: Callers,
        metrics: Metrics,
        mounted: Sequence[str] = (),
    ) -> None:
        self._app, self._service = app, service
        self._callers, self._metrics = callers, metrics
        self._mounted = mounted

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
            if scope["path"] in UNTRACED:
                await self._pass(scope, receive, counted)
                return
            with tracing.span(**_of_request(scope)) as span:
                try:
                    await self._pass(scope, receive, counted)
                finally:
                    _tell(span, scope, self._route(scope), status)
        finally:
            self._metrics.count(self._route(scope), status, time.perf_counter() - began)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] in PROBES:
            await self._app(scope, receive, send)
            return
        try:
            scope.setdefault("state", {})["caller"] = await run_in_threadpool(self._caller, scope)
            if scope["method"] == "POST" and scope["path"] in STREAMED:
                await self._app(scope, receive, send)
                return
            body = await _whole(receive)
        except DoclakeError as error:
            if isinstance(error, TokenUnknown):
                self._service.note_refused_token(_address(scope))
            await response_of(error)(scope, receive, send)
            return
        await self._app(scope, _replayed(body, receive), send)

    def _route(self, scope: Scope) -> str:
        """The pattern of its path: no label for every path that somebody tries."""
        own = str(scope["path"]) if scope["path"] in self._mounted else _OTHER
        path: str = getattr(scope.get("route"), "path", own)
        return path

    def _caller(self, scope: Scope) -> Caller:
        """May wait: for settings that are being written, or for a program."""
        settings = self._service.project().settings
        return self._callers.of(Headers(scope=scope), _address(scope), settings)


def _of_request(scope: Scope) -> dict[str, Any]:
    """Its span, under that of the caller. No path: one may hold an id that few may know."""
    method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
    return {
        "name": method,
        "attributes": {"http.request.method": method, "url.scheme": scope["scheme"]},
        "kind": "SERVER",
        "headers": Headers(scope=scope),
    }


def _tell(span: tracing.Span, scope: Scope, route: str, status: int) -> None:
    """By the semantic conventions of HTTP: a refusal is no error of the server."""
    span.set({"http.response.status_code": status})
    if route != _OTHER:
        span.set({"http.route": route})
        span.rename(f"{_of_request(scope)['name']} {route}")
    if status >= 500:
        span.failed(str(status))


def _address(scope: Scope) -> str:
    return scope["client"][0] if scope.get("client") else "unknown"


async def _whole(receive: Receive) -> bytes:
    """The body of a request. Raises `BodyTooLarge`, and `RequestInvalid` for one that trickles in
    or ends early."""
    body = bytearray()
    try:
        with anyio.fail_after(_BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise RequestInvalid("The body ended early.", mend="Send it whole.")
                body += message.get("body", b"")
                if len(body) > BODY:
                    raise BodyTooLarge(
                        f"The body has more than {BODY:,} bytes.", mend="Send a shorter question."
                    )
                if not message.get("more_body"):
                    return bytes(body)
    except TimeoutError:
        raise RequestInvalid("The body came too slowly.", mend="Send it at once.") from None


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Gives the body that was read, then whatever comes."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay
