"""Open connections: so many and no more, and none that says nothing for long."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

SILENT_SECONDS = 10.0
"""A connection that has begun no request for so long is closed."""
UNREAD_SECONDS = 30.0
"""So is one whose client takes nothing for so long of the answer that waits for it: it would hold
its place among the requests for as long as it likes."""
_SWEEP_SECONDS = 1.0


class Connection(HttpToolsProtocol):
    """One of uvicorn's. Beyond `most`, the one that has been idle longest gives way: so a flood of
    connections that say nothing keeps nobody out."""

    most = 1000
    idle_since = 0.0
    _unread, _unread_since = 0, 0.0

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

    def unread_for(self, now: float) -> float:
        """Seconds for which the client has taken nothing of what waits for it."""
        unread = self.transport.get_write_buffer_size()
        if unread == 0 or unread != self._unread:
            self._unread, self._unread_since = unread, now
        return now - self._unread_since


async def close_silent(connections: set[Any]) -> None:
    """Close those that are silent or do not listen, again and again, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(_SWEEP_SECONDS)
        now = loop.time()
        for one in list(connections):
            is_silent = one.is_idle and now - one.idle_since > SILENT_SECONDS
            if is_silent or one.unread_for(now) > UNREAD_SECONDS:
                one.transport.abort()
