"""Jira. Its connector takes an answer without issues for the end of the listing."""

from __future__ import annotations

from unstructured_ingest.data_types.file_data import FileData, SourceIdentifiers
from unstructured_ingest.processes.connectors.jira import CONNECTOR_TYPE, JiraConnectionConfig

from doclake.sources.saas.atlassian import Atlassian, PatientConnection


class Connection(PatientConnection, JiraConnectionConfig):  # type: ignore[misc]
    pass


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
