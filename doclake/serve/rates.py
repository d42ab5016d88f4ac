"""How often one caller may ask."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from doclake.errors import TooManyRequests

_MOST_CALLERS = 50_000


class Rates:
    """A token bucket for each caller: it holds a minute's requests and fills steadily.

    Of many callers those that have not asked for longest are forgotten.
    """

    def __init__(self) -> None:
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._turn = threading.Lock()

    def take(self, caller: str, per_minute: int) -> None:
        """Count one request. Raises `TooManyRequests`."""
        now, most = time.monotonic(), float(per_minute)
        with self._turn:
            left, since = self._left.pop(caller, (most, now))
            left = min(most, left + (now - since) * per_minute / 60)
            self._left[caller] = (left - 1 if left >= 1 else left, now)
            if len(self._left) > _MOST_CALLERS:
                self._left.popitem(last=False)
        if left < 1:
            wait = max(1, round((1 - left) * 60 / per_minute))
            raise TooManyRequests(
                f"More than {per_minute} requests a minute.",
                mend=f"Wait {wait} s.",
                retry_after=wait,
            )

    def give_back(self, caller: str) -> None:
        """As if the last request had not been counted."""
        with self._turn:
            if caller in self._left:
                left, since = self._left[caller]
                self._left[caller] = (left + 1, since)
