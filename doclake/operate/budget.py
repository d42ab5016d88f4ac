"""What an ingest may take, of tokens to embed and of seconds: it stops before it takes more."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from doclake.display import number_of


@dataclass
class Budget:
    """None: as much as there is. `tokens` were embedded so far; the seconds began with `started`.
    `stopped` says of each source that was not finished what is left and why."""

    max_tokens: int | None = None
    max_seconds: float | None = None
    tokens: int = 0
    started: float = field(default_factory=time.monotonic)
    stopped: dict[str, str] = field(default_factory=dict)

    def refuses(self, tokens: float, seconds: float) -> str | None:
        """Why so much more would be too much."""
        if self.max_tokens is not None and self.tokens + tokens > self.max_tokens:
            return (
                f"{self.tokens:,} of {self.max_tokens:,} tokens are spent, "
                f"and the next buckets need about {tokens:,.0f}"
            )
        spent = time.monotonic() - self.started
        if self.max_seconds is not None and spent + seconds > self.max_seconds:
            return (
                f"{spent:,.0f} of {self.max_seconds:,.0f} seconds are spent, "
                f"and the next buckets need about {seconds:,.0f}"
            )
        return None

    def fitting(
        self, buckets: Sequence[str], needs: Callable[[Sequence[str]], tuple[float, float]]
    ) -> Sequence[str]:
        """The longest beginning of these buckets that it allows; `needs` gives their tokens and
        seconds."""
        lengths = range(len(buckets), 0, -1)
        return next((buckets[:n] for n in lengths if not self.refuses(*needs(buckets[:n]))), [])

    def stop(self, source: str, left: int | None, why: str) -> None:
        known = (
            "nothing was begun"
            if left is None
            else number_of(left, "document is left", "documents are left")
        )
        self.stopped[source] = f"{source}: stopped by the budget, {known}: {why}."
