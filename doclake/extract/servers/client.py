"""Asks a server that speaks as OpenAI's does. Nothing here prints its URL, its key or its words.

A server that is busy, fails or is silent is asked again, after the time it names. One that has
failed several requests in a row is left alone for the rest of the run.
"""

from __future__ import annotations

import email.utils
import http.client
import json
import os
import random
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Literal
from urllib.error import HTTPError, URLError

from doclake.errors import ServerRefused, ServerUnavailable
from doclake.extract.format import ServerName as OfRecipe
from doclake.settings import ServerSettings

ServerName = OfRecipe | Literal["chat"]
KEYS: dict[ServerName, str] = {
    "vision": "DOCLAKE_VISION_KEY",
    "transcription": "DOCLAKE_TRANSCRIPTION_KEY",
    "chat": "DOCLAKE_CHAT_KEY",
}
"""The variables of the environment that hold the keys."""
_SETTINGS: dict[ServerName, str] = {
    "vision": "recipe.extract.vision",
    "transcription": "recipe.extract.transcription",
    "chat": "chat",
}

_MOST = 16 << 20  # bytes of an answer
_BLOCK = 1 << 16
_GIVE_UP = 3  # requests in a row that failed at every try
_LONGEST_PAUSE = 30.0  # seconds, where the server names none
_PASSES = frozenset({408, 425, 429, 500, 502, 503, 504, 529})
_CLOSED = frozenset({401, 402, 403, 404, 405})
"""Statuses of a server whose address, key or account is wrong: a person mends that, and then the
same request may succeed."""


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent, made anew for each try: `length` bytes in blocks."""

    content_type: str
    length: int
    blocks: Callable[[], Iterable[bytes]]


class _Fault(Exception):
    """One try failed. `pause`: seconds after which the server wants to be asked again."""

    def __init__(self, why: str, pause: float | None = None) -> None:
        super().__init__(why)
        self.pause = pause


class Server:
    """One server of the recipe, for one run. Threads may share it."""

    def __init__(self, name: ServerName, settings: ServerSettings, closed: threading.Event) -> None:
        self.settings = settings
        self._name = name
        self._closed = closed
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(settings.concurrency)
        self._left: int = getattr(settings, "per_run", 0)
        self._failures = 0

    def take(self, requests: int) -> None:
        """Take so many requests of what a run may ask; raises `ServerUnavailable` if fewer are
        left."""
        with self._lock:
            if self._left < requests:
                raise ServerUnavailable(
                    f"The requests of this run to the {self._name} server are used up.",
                    mend="The next run asks again. Raise "
                    f"{_SETTINGS[self._name]}.per_run to ask more at once.",
                )
            self._left -= requests

    def post(self, path: str, body: Body) -> Any:
        """The JSON that it answers. Raises `ServerUnavailable` when every try failed, and
        `ServerRefused` for what no other try would change."""
        if self._failures >= _GIVE_UP:
            raise self._unavailable("it did not answer earlier in this run")
        with self._slots:
            try:
                said = self._tried(path, body)
            except _Fault as fault:
                self._failures += 1
                raise self._unavailable(str(fault)) from None
        self._failures = 0
        return said

    def models(self, seconds: float) -> list[str] | None:
        """The models that it offers; None if it does not say. Raises `ServerUnavailable`."""
        try:
            said = self._asked("/v1/models", None, seconds)
            return [str(model["id"]) for model in said["data"]]
        except (ServerRefused, LookupError, TypeError):
            return None
        except _Fault as fault:
            raise self._unavailable(str(fault)) from None

    def _tried(self, path: str, body: Body) -> Any:
        seconds = self.settings.timeout.total_seconds()
        for tried in range(self.settings.retries + 1):
            try:
                return self._asked(path, body, seconds)
            except _Fault as fault:
                pause = fault.pause
                if pause is None:
                    pause = min(2.0**tried, _LONGEST_PAUSE) * random.uniform(0.75, 1)  # noqa: S311
                last = tried == self.settings.retries or pause > seconds
                if last or self._closed.wait(pause):
                    raise
        raise AssertionError("the last try returns or raises")

    def _asked(self, path: str, body: Body | None, seconds: float) -> Any:
        from urllib.request import Request

        request = Request(f"{self.settings.url}{path}")  # noqa: S310 - http or https, by its type
        key = os.environ.get(KEYS[self._name], "").strip()
        if key:
            request.add_unredirected_header("Authorization", f"Bearer {key}")
        if body:
            request.data = body.blocks()
            request.add_header("Content-Type", body.content_type)
            request.add_header("Content-Length", str(body.length))
        try:
            with closing(_opener().open(request, timeout=seconds)) as answer:
                data = _read(answer, time.monotonic() + seconds)
            return json.loads(data)
        except HTTPError as error:
            with closing(error):
                raise self._refusal(error) from None
        except (URLError, OSError, http.client.HTTPException) as error:
            raise _Fault(_cause(error)) from None
        except (ValueError, RecursionError):
            raise _Fault("its answer is no JSON") from None

    def _refusal(self, error: HTTPError) -> Exception:
        if error.code in _PASSES:
            return _Fault(f"HTTP {error.code}", _pause(error.headers.get("Retry-After")))
        if error.code in _CLOSED or 300 <= error.code < 400:
            return self._unavailable(f"HTTP {error.code}")
        return ServerRefused(f"The {self._name} server refused it: HTTP {error.code}.")

    def _unavailable(self, why: str) -> ServerUnavailable:
        return ServerUnavailable(
            f"The {self._name} server gave no answer: {why}.",
            mend=f"Start it, or correct {_SETTINGS[self._name]} and {KEYS[self._name]}; "
            "`doclake check` tries it.",
        )


class Servers:
    """The servers that one run asks, each made once."""

    def __init__(self) -> None:
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._known: dict[tuple[ServerName, ServerSettings], Server] = {}

    def of(self, name: ServerName, settings: ServerSettings) -> Server:
        with self._lock:
            key = name, settings
            if key not in self._known:
                self._known[key] = Server(name, settings, self._closed)
            return self._known[key]

    def close(self) -> None:
        """Let nobody wait for another try."""
        self._closed.set()


def _opener() -> Any:
    """Follows no redirection, which could carry a page to a stranger."""
    from urllib.request import HTTPRedirectHandler, build_opener

    class Nowhere(HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    return build_opener(Nowhere)


def _read(answer: Any, end: float) -> bytes:
    """The whole answer; a server that sends it drop by drop is cut off at `end`."""
    blocks, size = [], 0
    while block := answer.read1(_BLOCK):
        blocks.append(block)
        size += len(block)
        if size > _MOST:
            raise ServerRefused(f"Its answer is larger than {_MOST >> 20} MB.")
        if time.monotonic() > end:
            raise TimeoutError
    if answer.length:  # it announced more
        raise http.client.IncompleteRead(b"")
    return b"".join(blocks)


def _pause(header: str | None) -> float | None:
    """Seconds that `Retry-After` names, as a number or as a date."""
    if header is None:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(header).timestamp() - time.time())
    except (ValueError, OverflowError, OSError):
        return None


def _cause(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return "it is silent"
    if isinstance(reason, OSError) and reason.strerror:
        return reason.strerror
    return "its answer is cut" if isinstance(reason, http.client.IncompleteRead) else "it broke off"
