"""Events of OpenLineage on their way to a file or a server, beside the work that they tell of.

Nothing here fails a run: what cannot be delivered is told once, in words. Nothing holds one up for
longer than `lineage.wait`: after a failure no event leaves this process for `PAUSE_SECONDS`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from doclake.deadline import started
from doclake.errors.foreign import in_words
from doclake.secrets import redact
from doclake.settings import Settings

if TYPE_CHECKING:
    from openlineage.client.event_v2 import RunEvent

KEY = "DOCLAKE_LINEAGE_KEY"
PAUSE_SECONDS = 300.0
_quiet_until = 0.0


class Delivery:
    """Of the events of one stage, in their order, in a thread beside it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings.lineage
        name = settings.lineage.file
        self._file = settings.local_path(name) if name else None
        self._last: Future[None] | None = None

    def begin(self, events: Sequence[RunEvent]) -> None:
        """Returns at once."""
        if monotonic() >= _quiet_until:
            self._last = started(partial(self._deliver, events, self._last))

    def settle(self) -> str | None:
        """Waits for what was begun, for at most `lineage.wait`. What is wrong, if it was not taken:
        then no delivery of this process begins for a while."""
        global _quiet_until
        if self._last is None:
            return None
        try:
            self._last.result(self._settings.wait.total_seconds())
        except Exception as error:  # whatever a server, a disk or a library does
            _quiet_until = monotonic() + PAUSE_SECONDS
            return redact(self._why(error))
        return None

    def _why(self, error: Exception) -> str:
        from requests.exceptions import ConnectionError, HTTPError, Timeout

        url = self._settings.url
        if isinstance(error, Timeout | TimeoutError):
            return f"no answer within {self._settings.wait.total_seconds():g} s"
        if isinstance(error, HTTPError) and error.response is not None:
            return f"{url} answered {error.response.status_code} {error.response.reason}"
        if isinstance(error, ConnectionError):
            return f"{url} cannot be reached"
        return in_words(error)

    def _deliver(self, events: Sequence[RunEvent], before: Future[None] | None) -> None:
        if before is not None:
            before.result()
        if self._file is not None:
            _append(self._file, events)
        if self._settings.url:
            self._post(self._settings.url, events)

    def _post(self, url: str, events: Sequence[RunEvent]) -> None:
        """The client of OpenLineage would read its own settings file, and name the git repository
        of the folder; its transport does neither."""
        from openlineage.client.transport.http import (
            ApiKeyTokenProvider,
            HttpConfig,
            HttpTransport,
            TokenProvider,
        )

        key = os.environ.get(KEY)
        config = HttpConfig(
            url=f"{url}/",
            endpoint=self._settings.endpoint,
            timeout=self._settings.wait.total_seconds(),
            auth=ApiKeyTokenProvider({"api_key": key}) if key else TokenProvider({}),
            retry={"total": 0},
        )
        transport = HttpTransport(config)
        try:
            for event in events:
                transport.emit(event)
        finally:
            transport.close()


def _append(file: Path, events: Sequence[RunEvent]) -> None:
    """In one write, so that the lines of several processes do not mix."""
    from openlineage.client.serde import Serde

    lines = "".join(f"{Serde.to_json(event)}\n" for event in events).encode()
    file.parent.mkdir(parents=True, exist_ok=True)
    place = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(place, lines)
    finally:
        os.close(place)
