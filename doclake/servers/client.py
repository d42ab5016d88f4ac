"""Asks a server that speaks as OpenAI's does. Nothing here prints its URL, its key or its words.

A server that is busy, fails or is silent is asked again, after the time it names. One that has
failed several requests in a row is left alone for the rest of the run, or for a while.
"""

from __future__ import annotations

import email.utils
import http.client
import json
import math
import os
import random
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from urllib.error import HTTPError, URLError

from doclake.errors import ServerRefused, ServerUnavailable
from doclake.servers.events import json_events
from doclake.servers.pace import Pace
from doclake.settings import ServerSettings

T = TypeVar("T")
ServerName = Literal["vision", "transcription", "chat", "embedding"]
KEYS: dict[ServerName, str] = {
    "vision": "DOCLAKE_VISION_KEY",
    "transcription": "DOCLAKE_TRANSCRIPTION_KEY",
    "chat": "DOCLAKE_CHAT_KEY",
    "embedding": "DOCLAKE_EMBEDDING_KEY",
}
"""The variables of the environment that hold the keys."""
SETTINGS: dict[ServerName, str] = {
    "vision": "recipe.extract.vision",
    "transcription": "recipe.extract.transcription",
    "chat": "chat",
    "embedding": "embedding.server",
}
"""Where each is configured."""

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
    """One server of the settings, for one run. Threads may share it. It is asked again `rest`
    seconds after it was given up."""

    def __init__(
        self, name: ServerName, settings: ServerSettings, closed: threading.Event, rest: float
    ) -> None:
        self.settings = settings
        self._name = name
        self._closed = closed
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(settings.concurrency)
        self._left: int = getattr(settings, "per_run", 0)
        self._pace = Pace(settings.requests_per_minute)
        self._failures = 0
        self._rest, self._rested = rest, 0.0

    def take(self, requests: int) -> None:
        """Take so many requests of what a run may ask; raises `ServerUnavailable` if fewer are
        left."""
        with self._lock:
            if self._left < requests:
                raise ServerUnavailable(
                    f"The requests of this run to the {self._name} server are used up.",
                    mend="The next run asks again. Raise "
                    f"{SETTINGS[self._name]}.per_run to ask more at once.",
                )
            self._left -= requests

    def post(self, path: str, body: Body) -> Any:
        """The JSON that it answers. Raises `ServerUnavailable` when every try failed, and
        `ServerRefused` for what no other try would change."""
        with self._turn():
            return self._tried(lambda seconds: self._asked(path, body, seconds))

    def stream(self, path: str, body: Body, until: float = math.inf) -> Generator[Any, None, None]:
        """The JSON of each event that it sends, as it comes; its one answer, if it sends no events.

        Raises as `post` does. Once an event has come nothing is asked again, so what breaks off
        then, or is not over at `until` (of the monotonic clock), is `ServerUnavailable` at once.
        """

        def begun(seconds: float) -> tuple[Any, Generator[Any, None, None]]:
            events = self._events(path, body, seconds)
            return next(events), events

        with self._turn():
            first, others = self._tried(begun, until)
            with closing(others):
                yield first
                try:
                    yield from others
                except _Fault as fault:
                    raise self._unavailable(str(fault), "broke off its answer") from None

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Among those that ask it now. Turns the fault of the last try into an error."""
        if self._failures >= _GIVE_UP and time.monotonic() < self._rested:
            raise self._unavailable("it did not answer earlier in this run")
        with self._slots:
            try:
                yield
            except _Fault as fault:
                self._failures += 1
                self._rested = time.monotonic() + self._rest
                raise self._unavailable(str(fault)) from None
        self._failures = 0

    def models(self, seconds: float) -> list[str] | None:
        """The models that it offers; None if it does not say. Raises `ServerUnavailable`."""
        try:
            said = self._asked("/v1/models", None, seconds)
            return [str(model["id"]) for model in said["data"]]
        except (ServerRefused, LookupError, TypeError):
            return None
        except _Fault as fault:
            raise self._unavailable(str(fault)) from None

    def _tried(self, ask: Callable[[float], T], until: float = math.inf) -> T:
        """What `ask` gives, which is told how many seconds it has."""
        longest = self.settings.timeout.total_seconds()
        for tried in range(self.settings.retries + 1):
            wait = self._pace.next()
            seconds = min(longest, until - time.monotonic() - wait)
            if seconds <= 0 or self._closed.wait(wait):
                raise _Fault("no time is left")
            try:
                return ask(seconds)
            except _Fault as fault:
                pause = fault.pause
                if pause is None:
                    pause = min(2.0**tried, _LONGEST_PAUSE) * random.uniform(0.75, 1)  # noqa: S311
                left = min(longest, until - time.monotonic())
                if tried == self.settings.retries or pause > left or self._closed.wait(pause):
                    raise
        raise AssertionError("the last try returns or raises")

    def _asked(self, path: str, body: Body | None, seconds: float) -> Any:
        with self._faults():
            return json.loads(b"".join(self._blocks(path, body, seconds)))

    def _events(self, path: str, body: Body, seconds: float) -> Generator[Any, None, None]:
        """One event at least."""
        with self._faults():
            yield from json_events(self._blocks(path, body, seconds))

    def _blocks(self, path: str, body: Body | None, seconds: float) -> Iterator[bytes]:
        from urllib.request import Request

        request = Request(f"{self.settings.url}{path}")  # noqa: S310 - http or https, by its type
        key = os.environ.get(KEYS[self._name], "").strip()
        if key:
            request.add_unredirected_header("Authorization", f"Bearer {key}")
        if body:
            request.data = body.blocks()
            request.add_header("Content-Type", body.content_type)
            request.add_header("Content-Length", str(body.length))
        end = time.monotonic() + seconds
        with closing(_opener().open(request, timeout=seconds)) as answer:
            yield from _read(answer, end)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Turns what goes wrong with one try into a `_Fault` or an error."""
        try:
            yield
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
        message = f"The {self._name} server refused it: HTTP {error.code}."
        return ServerRefused(message, status=error.code)

    def _unavailable(self, why: str, what: str = "gave no answer") -> ServerUnavailable:
        return ServerUnavailable(
            f"The {self._name} server {what}: {why}.",
            mend=f"Start it, or correct {SETTINGS[self._name]} and {KEYS[self._name]}; "
            "`doclake check` tries it.",
        )


class Servers:
    """The servers that one run asks, each made once. One that was given up is asked again after
    `rest` seconds; by default the run is over before."""

    def __init__(self, rest: float = math.inf) -> None:
        self._rest = rest
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._known: dict[tuple[ServerName, ServerSettings], Server] = {}

    def of(self, name: ServerName, settings: ServerSettings) -> Server:
        with self._lock:
            key = name, settings
            if key not in self._known:
                self._known[key] = Server(name, settings, self._closed, self._rest)
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


def _read(answer: Any, end: float) -> Iterator[bytes]:
    """The whole answer in blocks, of a server that may be silent at times or send it drop by drop,
    but not beyond `end`."""
    size, block = 0, b" "
    while block:
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if answer.fp is not None:
            answer.fp.raw._sock.settimeout(left)  # the standard library has no open way to it
        block = answer.read1(_BLOCK)
        size += len(block)
        if size > _MOST:
            raise ServerRefused(f"Its answer is larger than {_MOST >> 20} MB.")
        yield block
    if answer.length:  # it announced more
        raise http.client.IncompleteRead(b"")


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
