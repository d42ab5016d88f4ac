"""Requests to one service and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from requests import ConnectionError, PreparedRequest, Response, Session, Timeout

from doclake.errors import SourceError
from doclake.settings.kind_options import NetworkOptions
from doclake.sources.patience import Busy, patiently

_BUSY = 429


class RestSession(Session):
    """Asks again where the service is busy, fails or is silent. Raises what `refused` makes of
    401 and 403, and `SourceError` for any other answer than one of 200."""

    def __init__(
        self, base: str, options: NetworkOptions, refused: Callable[[str], SourceError]
    ) -> None:
        super().__init__()
        self._origin, self._options, self._refused = _origin(base), options, refused

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        url = request.url or ""
        if _origin(url) != self._origin:
            raise SourceError(f"a link leads away from the service, to {_shown(url)}")
        kwargs |= {"allow_redirects": False, "timeout": self._options.timeout.total_seconds()}

        def ask() -> Response:
            answer = super(RestSession, self).send(request, **kwargs)
            if answer.status_code == _BUSY or answer.status_code >= 500:
                raise Busy(f"{_shown(url)} answers {answer.status_code}", _pause(answer))
            return answer

        try:
            answer = patiently(self._options, _passes, ask)
        except Busy as error:
            raise SourceError(str(error)) from error
        if answer.status_code in (401, 403):
            raise self._refused(f"it answers {answer.status_code}")
        if answer.status_code != 200:
            where = answer.headers.get("Location", "")
            more = f", and names {_shown(where)}" if where else ""
            raise SourceError(f"{_shown(url)} answers {answer.status_code}{more}")
        return answer


def _passes(error: BaseException) -> bool:
    return isinstance(error, Busy | ConnectionError | Timeout)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower()


def _shown(url: str) -> str:
    """Without its query, which may hold what nobody should read."""
    return url.partition("?")[0]


def _pause(answer: Response) -> float:
    asked = answer.headers.get("Retry-After", "")
    return min(float(asked), 30.0) if asked.isdecimal() else 0.0
