"""Box. Its connector passes over a folder that the network keeps from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from unstructured_ingest.processes.connectors.fsspec.box import BoxIndexer

from doclake.sources.saas.service import Failed, Service


@dataclass
class Indexer(BoxIndexer):  # type: ignore[misc]
    def get_file_info(self) -> list[dict[str, Any]]:
        index = self.index_config
        depth = None if index.recursive else 1
        with self.connection_config.get_client(protocol=index.protocol) as client:
            found = client.find(
                index.path_without_protocol, maxdepth=depth, detail=True, on_error="raise"
            )
        return [file for file in found.values() if file["type"] == "file" and file["size"]]


class Box(Service):
    """The path of a file is its id and the ending of its name: it keeps the id in another folder
    and under another name."""

    def indexer(self, failed: Failed) -> Any:  # noqa: ARG002
        return Indexer(connection_config=self.connection, index_config=self.index)

    def path(self, item: Any) -> str:
        suffix = PurePosixPath(item.source_identifiers.filename).suffix
        return f"{item.metadata.record_locator['file_id']}{suffix}"
