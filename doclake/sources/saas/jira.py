"""Jira. Its connector takes an answer without issues for the end of the listing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from pydantic import PrivateAttr
from unstructured_ingest.data_types.file_data import FileData, SourceIdentifiers
from unstructured_ingest.processes.connectors.jira import CONNECTOR_TYPE, JiraConnectionConfig

from doclake.settings.source_options import NetworkOptions
from doclake.sources.saas.atlassian import patient
from doclake.sources.saas.service import Service

_SUFFIX = ".txt"


class Connection(JiraConnectionConfig):  # type: ignore[misc]
    _options: NetworkOptions = PrivateAttr(default_factory=NetworkOptions)
    _stack: ExitStack = PrivateAttr(default_factory=ExitStack)
    _client: Any = PrivateAttr(None)

    @contextmanager
    def get_client(self) -> Iterator[Any]:
        if self._client is None:
            client = self._stack.enter_context(super().get_client())
            self._client = patient(client, self._options)
        yield self._client


class Jira(Service):
    """The path of an issue is its id: it keeps it in another project."""

    reads_by_path = True

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.connection._options = self.options

    @property
    def connection_class(self) -> Any:
        return Connection

    def item(self, path: str) -> FileData | None:
        issue = path.removesuffix(_SUFFIX)
        if not issue.isdecimal() or not path.endswith(_SUFFIX):
            return None
        return FileData(
            identifier=issue,
            connector_type=CONNECTOR_TYPE,
            source_identifiers=SourceIdentifiers(filename=path, fullpath=path),
            metadata={"record_locator": {"id": issue, "key": issue}},
            additional_metadata={"key": issue},  # Jira takes an id in the place of a key
        )
