"""What Confluence and Jira share: paths by ids, and an HTTP client that is patient, kept for a
whole listing, and wary of answers that lack what they should hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import OK
from typing import Any, ClassVar
from urllib.parse import urlsplit

from pydantic import BaseModel, PrivateAttr
from requests import Response
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from doclake.settings.kind_options import NetworkOptions
from doclake.sources.patience import LONGEST_PAUSE
from doclake.sources.saas.service import Service

_BUSY = (429, 502, 503, 504)
_HOLDS = {"pages": "results", "spaces": "results", "search": "issues", "jql": "issues"}
_HOLDS |= {"issue": "issues", "permissions": "results"}
"""What an answer with status 200 must hold, by the last part of the path that was asked for."""


class HalfAnswer(Exception):
    """An answer without the list that it ought to hold, which the connector would take for an
    empty one."""


def patient(client: Any, options: NetworkOptions) -> Any:
    """The same client, which asks again as often as the settings say."""
    client.timeout = options.timeout.total_seconds()
    client.retry_with_header = False  # it would ask without end
    again = Retry(
        total=options.retries,
        status_forcelist=_BUSY,
        backoff_factor=0.5,
        backoff_max=LONGEST_PAUSE,
        allowed_methods=None,
        raise_on_status=False,
    )
    client.session.mount(client.url, HTTPAdapter(max_retries=again))
    client.session.hooks["response"].append(_whole)
    return client


def _whole(response: Response, **_: Any) -> None:
    path = urlsplit(response.url).path
    held = _HOLDS.get(path.rpartition("/")[2])
    if held is None or response.status_code != OK:
        return
    try:
        answer = response.json()
    except ValueError as error:
        raise HalfAnswer(f"{path} answered with what is no JSON") from error
    if not isinstance(answer, dict) or not isinstance(answer.get(held), list):
        raise HalfAnswer(f"the answer of {path} holds no `{held}`")


class PatientConnection(BaseModel):
    """One client for the time of a listing. Stands before the connection of a connector."""

    _options: NetworkOptions = PrivateAttr(default_factory=NetworkOptions)
    _stack: ExitStack = PrivateAttr(default_factory=ExitStack)
    _client: Any = PrivateAttr(None)

    @contextmanager
    def get_client(self) -> Iterator[Any]:
        if self._client is None:
            connector: Any = super()
            client = self._stack.enter_context(connector.get_client())
            self._client = patient(client, self._options)
            self._opened(self._client)
        yield self._client

    def _opened(self, client: Any) -> None:
        """What a kind does to its client."""


class Atlassian(Service):
    """The path of a page or an issue is its id: it keeps that under another name and in another
    place."""

    reads_by_path = True
    connection_type: ClassVar[Any]
    suffix: ClassVar[str]

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.connection._options = self.options

    @property
    def connection_class(self) -> Any:
        return self.connection_type

    def id_of(self, path: str) -> str | None:
        """None for what is no path of this service."""
        name = path.removesuffix(self.suffix)
        return name if name.isdecimal() and name != path else None
