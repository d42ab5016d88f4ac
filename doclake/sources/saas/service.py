"""A service as a connector of unstructured-ingest reads it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

from doclake.access import EVERYONE, Readers
from doclake.settings.connectors import Connector
from doclake.settings.source_kinds import SaasOptions
from doclake.sources.entries import microseconds
from doclake.sources.path_names import to_name

Failed = Callable[[str, Exception | str], None]
_BUCKETS = {"users": "user", "groups": "group", "access_classes": "group"}
ANONYMOUS = "anonymous"
ONE_SECOND = 1_000_000


class ReadersUnknown(Exception):
    """The service did not tell who may read a document."""


class Service:
    """A connector with its settings. A subclass mends what the connector leaves open; `item` is
    always its `FileData`."""

    reads_by_path: ClassVar[bool] = False
    """Whether `item` makes of a path what the downloader needs, without a listing."""

    def __init__(
        self, connector: Connector, url: str, options: SaasOptions, secrets: Mapping[str, str]
    ) -> None:
        """Raises what the connector raises for secrets that it cannot use."""
        self.options, self.entry = options, connector.entry
        given = connector.given("connection", url, options.connection)
        self.connection = self.connection_class(**given, access_config=dict(secrets))
        said = connector.given("index", url, options.index)
        self.index = self.entry.indexer_config.model_validate(said)

    @property
    def connection_class(self) -> Any:
        return self.entry.connection_config

    def indexer(self, failed: Failed) -> Any:  # noqa: ARG002 (of those that tell)
        """What lists. It tells `failed` of a part that it passes over."""
        return self.entry.indexer(connection_config=self.connection, index_config=self.index)

    def downloader(self, folder: Path) -> Any:
        """What writes a document into this folder."""
        return self._downloader(self.entry.downloader, folder)

    def _downloader(self, kind: Any, folder: Path) -> Any:
        config = self.entry.downloader_config(download_dir=folder)
        return kind(connection_config=self.connection, download_config=config)

    def items(self, indexer: Any) -> Iterator[Any]:
        return _stepped(indexer.run_async()) if indexer.is_async() else iter(indexer.run())

    def path(self, item: Any) -> str:
        """A name that stays while the document is renamed or moved within the service."""
        suffix = PurePosixPath(item.source_identifiers.filename).suffix
        return to_name(f"{item.identifier}{suffix}")

    def leaves_out(self, item: Any) -> str | None:  # noqa: ARG002 (of those that list more)
        """Why an item is no document."""
        return None

    def item(self, path: str) -> Any | None:  # noqa: ARG002 (of those that can)
        """Of the document at `path`; None if no document can have this path."""
        return None

    def readers(self, indexer: Any, item: Any) -> Readers:  # noqa: ARG002 (of those that ask more)
        """Whom the service lets read a document, by their ids there. Raises `ReadersUnknown`."""
        for said in item.metadata.permissions_data or ():
            if "read" in said:
                return Readers(names_of(said["read"]))
        raise ReadersUnknown("the connector could not tell who may read it")


def _stepped(items: AsyncIterator[Any]) -> Iterator[Any]:
    """One after another, so that memory does not hold all of them."""

    async def following() -> Any:
        return await anext(items)

    with asyncio.Runner() as runner, suppress(StopAsyncIteration):
        while True:
            yield runner.run(following())


def names_of(said: Mapping[str, Any]) -> frozenset[str]:
    """`user:<id>`, `group:<id>`; a class of accounts is a group, that of all the world everyone."""
    return frozenset(
        EVERYONE if name == ANONYMOUS and kind == "access_classes" else f"{_BUCKETS[kind]}:{name}"
        for kind, names in said.items()
        for name in names
    )


def time_of(said: str | None) -> int | None:
    """Microseconds since 1970 of what connectors write as seconds or in ISO 8601."""
    if not said or said == "None":
        return None
    try:
        return int(float(said) * ONE_SECOND)
    except ValueError:
        return microseconds(datetime.fromisoformat(said))
