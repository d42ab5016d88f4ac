"""Jira. Its connector takes an answer without issues for the end of the listing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from pydantic import PrivateAttr
from unstructured_ingest.data_types.file_data import FileData, SourceIdentifiers
from unstructured_ingest.processes.connectors.jira import CONNECTOR_TYPE, JiraConnectionConfig

from doclake.settings.source_kinds import NetworkOptions
from doclake.sources.saas.atlassian import Atlassian, patient


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


class Jira(Atlassian):
    connection_type = Connection
    suffix = ".txt"

    def item(self, path: str) -> FileData | None:
        issue = self.id_of(path)
        if issue is None:
            return None
        return FileData(
            identifier=issue,
            connector_type=CONNECTOR_TYPE,
            source_identifiers=SourceIdentifiers(filename=path, fullpath=path),
            metadata={"record_locator": {"id": issue, "key": issue}},
            additional_metadata={"key": issue},  # Jira takes an id in the place of a key
        )
