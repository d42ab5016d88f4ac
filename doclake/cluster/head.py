"""The head of the cluster, without which Ray ends the process that waits for it."""

from __future__ import annotations

import math
import time
from typing import Any

from doclake.cluster.connection import reach
from doclake.errors import ExecutorUnavailable

_LOOK = 5.0  # seconds between two looks at it
_GONE = 20.0  # seconds of silence; after 60, Ray ends the process


class Head:
    """That of the cluster to which this process is connected."""

    def __init__(self) -> None:
        import ray

        self._address: str = ray.get_runtime_context().gcs_address
        self._looked = time.monotonic()
        self._silent_since: float | None = None

    def first_done(self, references: list[Any], seconds: float | None) -> list[Any]:
        """One that is there, as soon as there is one; none if that takes so many seconds. Raises
        `ExecutorUnavailable` if the head is gone."""
        import ray

        end = math.inf if seconds is None else time.monotonic() + seconds
        while True:
            self._look()
            left = max(0.0, end - time.monotonic())
            done, _ = ray.wait(references, num_returns=1, timeout=min(left, _LOOK))
            if done or left <= _LOOK:
                return list(done)

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._looked < _LOOK:
            return
        self._looked = now
        try:
            reach(self._address)
            self._silent_since = None
        except OSError as error:
            self._silent_since = self._silent_since or now
            if now - self._silent_since >= _GONE:
                raise ExecutorUnavailable(
                    f"The head of the Ray cluster, {self._address}, is gone.",
                    mend="Start the cluster again. What was committed stands; the next run goes on "
                    "after it.",
                    address=self._address,
                ) from error
