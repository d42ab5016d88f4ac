"""Open connections: so many and no more, and none that says nothing for long."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

SILENT_SECONDS = 10.0
"""A connection that has begun no request for so long is closed."""
_SWEEP_SECONDS = 1.0


class Connection(HttpToolsProtocol):
    """One of uvicorn's. Beyond `most`, the one that has been idle longest gives way: so a flood of
    connections that say nothing keeps nobody out."""

    most = 1000
    idle_since = 0.0

    def connection_made(self, transport: Any) -> None:
        self.idle_since = self.loop.time()
        if len(self.connections) >= self.most:
            idle = [one for one in self.connections if isinstance(one, Connection) and one.is_idle]
            if not idle:
                transport.abort()
                return
            min(idle, key=lambda one: one.idle_since).transport.abort()
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.transport is not None:  # else it was refused
            super().connection_lost(exc)

    def on_response_complete(self) -> None:
        self.idle_since = self.loop.time()
        super().on_response_complete()

    @property
    def is_idle(self) -> bool:
        """No request is being answered: it has not begun one, or its headers are not complete."""
        return self.cycle is None or self.cycle.response_complete


async def close_silent(connections: set[Any]) -> None:
    """Close those that are silent, again and again, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(_SWEEP_SECONDS)
        for one in list(connections):
            if one.is_idle and loop.time() - one.idle_since > SILENT_SECONDS:
                one.transport.abort()
