"""How often a server is asked."""

from __future__ import annotations

import threading
import time


class Pace:
    """Requests at even distances, `per_minute` at most; None: as they come. Threads may share
    it."""

    def __init__(self, per_minute: int | None) -> None:
        self._distance = 60 / per_minute if per_minute else 0.0
        self._turn = threading.Lock()
        self._next = 0.0

    def next(self) -> float:
        """Seconds until the request that asks may go; its turn is taken."""
        with self._turn:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._distance
            return turn - now
