"""OneDrive. Its connector lists the first page of each folder and no further."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from unstructured_ingest.processes.connectors.onedrive import OnedriveIndexer

from doclake.sources.saas.service import Failed, Service


@dataclass
class Indexer(OnedriveIndexer):  # type: ignore[misc]
    def list_objects_sync(self, folder: Any, recursive: bool) -> list[Any]:
        return list(folder.get_files(recursive=recursive).execute_query())


class OneDrive(Service):
    def indexer(self, failed: Failed) -> Any:  # noqa: ARG002
        return Indexer(connection_config=self.connection, index_config=self.index)
