"""OneDrive. Its connector lists the first page of each folder and no further, and finds no file
again whose name holds a `#` or `%`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from unstructured_ingest.data_types.file_data import FileData, SourceIdentifiers
from unstructured_ingest.processes.connectors.onedrive import (
    CONNECTOR_TYPE,
    OnedriveDownloader,
    OnedriveIndexer,
)

from doclake.sources.saas.service import Failed, Service


@dataclass
class Indexer(OnedriveIndexer):  # type: ignore[misc]
    def list_objects_sync(self, folder: Any, recursive: bool) -> list[Any]:
        return list(folder.get_files(recursive=recursive).execute_query())


@dataclass
class Downloader(OnedriveDownloader):  # type: ignore[misc]
    def _fetch_file(self, file_data: FileData) -> Any:
        drive = self.connection_config.get_client().users[self.connection_config.user_pname].drive
        return drive.items[file_data.identifier].get().execute_query()


class OneDrive(Service):
    """The path of a file is its id and the ending of its name: it keeps the id in another folder
    and under another name."""

    reads_by_path = True

    def indexer(self, failed: Failed) -> Any:  # noqa: ARG002
        return Indexer(connection_config=self.connection, index_config=self.index)

    def downloader(self, folder: Path) -> Any:
        return self._downloader(Downloader, folder)

    def item(self, path: str) -> FileData | None:
        item_id = PurePosixPath(path).stem
        if not item_id.replace("!", "").isalnum():
            return None
        names = SourceIdentifiers(filename=path, fullpath=path)
        return FileData(identifier=item_id, connector_type=CONNECTOR_TYPE, source_identifiers=names)
