"""The command line's side of the server: asks the one that runs for this lake, if there is one.

Imports little: a question that a server answers needs neither model nor index here.
"""

from __future__ import annotations

import http.client
import json
import logging
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from doclake import ids, tracing
from doclake.errors import DoclakeError
from doclake.serve.announcement import Announcement, find

if TYPE_CHECKING:
    from doclake.search.hits import Hit
    from doclake.settings import Settings

PRINCIPALS = "doclake-principals"
"""Header in which the operator names principals: a JSON list, percent-encoded."""
_SECONDS = 15
_log = logging.getLogger(__name__)


def fingerprint(settings: Settings) -> str:
    """Of what decides an answer: a server under other settings must not give it."""
    parts = (settings.search, settings.embedding, settings.principals, *settings.sources.values())
    return ids.digest(*settings.sources, *(part.model_dump_json() for part in parts))


def ask(
    settings: Settings,
    question: str,
    *,
    k: int,
    principals: Iterable[str],
    filters: Mapping[str, Any],
) -> list[Hit] | None:
    """The hits as the server of this lake gives them; None if none runs, or if it cannot answer
    now. Raises what is wrong with the question, as `door.ask` does."""
    server = find(settings.lake_url)
    if server is None:
        return None
    asked = {"question": question, "k": k, "filters": dict(filters)}
    headers = {
        "Authorization": f"Bearer {server.key}",
        "Content-Type": "application/json",
        "If-Match": f'"{fingerprint(settings)}"',
        PRINCIPALS: quote(json.dumps(list(principals))),
    }
    try:
        with tracing.span("POST /search", {"http.request.method": "POST"}, kind="CLIENT"):
            headers |= tracing.headers()
            status, answer = _post(server, "/search", json.dumps(asked).encode(), headers)
    except (OSError, http.client.HTTPException, ValueError) as error:
        _log.info("The server of this lake gives no answer: %s", type(error).__name__)
        return None
    if status == 200:
        from doclake.search.hits import of_dict, warn_of

        warn_of(answer["without"])
        return [of_dict(hit) for hit in answer["hits"]]
    if status in (400, 404):
        raise _error(answer)
    return None


def _post(
    server: Announcement, path: str, body: bytes, headers: dict[str, str]
) -> tuple[int, dict[str, Any]]:
    parts = urlsplit(server.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_SECONDS)
    try:
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        answer: dict[str, Any] = json.loads(response.read())
        return response.status, answer
    finally:
        connection.close()


def _error(answer: Mapping[str, Any]) -> DoclakeError:
    """The error that the server tells of, as the type that has its code."""
    kinds = {kind.code: kind for kind in _kinds(DoclakeError)}
    kind = kinds.get(str(answer["code"]), DoclakeError)
    problems = [tuple(each) for each in answer["problems"]]
    return kind(answer["message"], mend=answer["mend"], problems=problems)


def _kinds(kind: type[DoclakeError]) -> Iterable[type[DoclakeError]]:
    for inner in kind.__subclasses__():
        yield inner
        yield from _kinds(inner)
