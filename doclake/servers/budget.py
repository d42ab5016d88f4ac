"""What asking a server may cost in a day."""

from __future__ import annotations

import threading
from datetime import date

from doclake import clock
from doclake.errors import BudgetSpent
from doclake.servers.client import SETTINGS, ServerName
from doclake.settings import PaidServerSettings


class Budget:
    """What this process has spent today at one server. Threads may share it."""

    def __init__(self, name: ServerName) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._day: date | None = None
        self._spent = 0

    def reserve(self, settings: PaidServerSettings, tokens: int) -> None:
        """Count so many tokens as spent; raises `BudgetSpent` if they would be too many."""
        with self._lock:
            self._turn()
            total = self._spent + tokens
            most, money = settings.tokens_per_day, settings.price_per_day
            if most is not None and total > most:
                raise self._exceeded("tokens_per_day", f"{most} tokens")
            if money is not None and total * settings.price / 1e6 > money:
                raise self._exceeded("price_per_day", f"{money:g}")
            self._spent = total

    def note(self, tokens: int) -> None:
        """At least so many tokens are known to be spent today, by this process or before it."""
        with self._lock:
            self._turn()
            self._spent = max(self._spent, tokens)

    def settle(self, reserved: int, tokens: int) -> None:
        """Count what was really spent in place of what was reserved."""
        with self._lock:
            self._turn()
            self._spent = max(0, self._spent - reserved) + tokens

    def _turn(self) -> None:
        today = clock.now().date()
        if today != self._day:
            self._day, self._spent = today, 0

    def _exceeded(self, setting: str, most: str) -> BudgetSpent:
        return BudgetSpent(
            f"The {self._name} server may cost {most} a day, and this request would exceed it.",
            mend=f"Ask tomorrow, or raise {SETTINGS[self._name]}.{setting}.",
        )
