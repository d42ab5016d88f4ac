"""A service behind a connector: `confluence://acme.atlassian.net/wiki`, `notion://acme` ..."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, BinaryIO, get_args

from pydantic import ValidationError

from doclake import extras
from doclake.access import principal
from doclake.display import shown
from doclake.errors import SourceError
from doclake.errors.foreign import in_words
from doclake.secrets import redact
from doclake.settings import Settings, SourceSettings
from doclake.settings.connectors import CONNECTORS, PACKAGE
from doclake.settings.source_kinds import SaasOptions
from doclake.settings.source_options import options_of, scheme_of
from doclake.sources.base import Source
from doclake.sources.entries import Entry
from doclake.sources.saas.service import ReadersUnknown, Service, time_of
from doclake.sources.saas.warnings import Watched, are_about_readers

MENDED = {
    "box": "doclake.sources.saas.box:Box",
    "confluence": "doclake.sources.saas.confluence:Confluence",
    "github": "doclake.sources.saas.github:GitHub",
    "jira": "doclake.sources.saas.jira:Jira",
    "onedrive": "doclake.sources.saas.onedrive:OneDrive",
}
"""Connectors that leave something open; each is imported when a source of it is opened."""
_REFUSED = (401, 403)
_DEPTH = 8  # of errors that caused each other


class SaasSource(Source):
    options = SaasOptions

    def __init__(self, name: str, source: SourceSettings, settings: Settings) -> None:
        super().__init__(name, source, settings)
        self._options = options_of(source, SaasOptions)
        self._scheme = scheme_of(source.url)
        self._connector = CONNECTORS[self._scheme]
        self._secrets: list[str] = []
        self._opening = Lock()
        self._service: Service | None = None
        self._known: dict[str, str] | None = None

    def _opened(self) -> Service:
        """Raises `CredentialsRefused` for secrets that are missing or do not fit together."""
        with self._opening:
            if self._service is None:
                self._service = self._made()
            return self._service

    def _made(self) -> Service:
        extras.require(PACKAGE, f"The service of source {self.name}")
        module, _, kind = MENDED.get(self._scheme, ":").partition(":")
        made: type[Service] = getattr(import_module(module), kind) if module else Service
        access = self._connector.entry.connection_config.model_fields["access_config"]
        fields = _model_in(access.annotation).model_fields
        given = {
            field.alias or name: value
            for name, field in fields.items()
            if (value := self.secret(name, required=False))
        }
        named = [name for name, field in fields.items() if (field.alias or name) in given]
        self._secrets = named or [name for name in fields if name != "refresh_token"]
        try:
            return made(self._connector, self.url, self._options, given)
        except ValidationError as error:
            told = "; ".join(each["msg"] for each in error.errors(include_input=False))
            raise self.credentials_refused(told, *self._secrets) from None
        except Exception as error:  # the connector's own
            raise self.credentials_refused(in_words(error), *self._secrets) from None

    def _entries(self) -> Iterator[Entry]:
        service = self._opened()
        known: dict[str, str] = {}
        indexer = service.indexer(self._failed)
        try:
            for item in self._listed(service, indexer, self._told):
                path = service.path(item)
                if path in known:
                    continue
                known[path] = "" if service.reads_by_path else item.model_dump_json()
                if not self._leaves(service, item, path):
                    yield self._entry(service, indexer, item, path)
        except SourceError:
            raise
        except Exception as error:
            if _is_refused(error):
                raise self.credentials_refused(in_words(error), *self._secrets) from error
            raise
        self._known = known  # not before: whoever only wants the first document stops above
        if not known and not self.failures:
            self._empty()

    def _listed(self, service: Service, indexer: Any, tell: Callable[[str], None]) -> Iterator[Any]:
        watched = Watched(tell)
        return watched.iterate(watched.call(lambda: service.items(indexer)))

    def _told(self, message: str) -> None:
        """What a connector warns of it passes over."""
        told = shown(redact(message))
        if are_about_readers(message):
            self._is_unclear(told)
        else:
            self._failed(self.url, told)

    def _leaves(self, service: Service, item: Any, path: str) -> bool:
        hidden = filter(None, map(self._hides, path.split("/")))
        reason = service.leaves_out(item) or next(hidden, None)
        if reason:
            self._leave_out(path, reason)
        return reason is not None

    def _entry(self, service: Service, indexer: Any, item: Any, path: str) -> Entry:
        told = item.metadata
        size, changed = told.filesize_bytes or 0, time_of(told.date_modified)
        access = None
        if self._options.permissions == "required":
            access = self._readers(service, indexer, item, path)
        return Entry(path, size, changed, told.version, access)

    def _readers(self, service: Service, indexer: Any, item: Any, path: str) -> list[str]:
        try:
            return sorted(map(principal, service.readers(indexer, item).allow))
        except (ReadersUnknown, ValueError) as error:
            self._is_unclear(f"{shown(path)}: {in_words(error)}. Nobody may read it.")
            return []

    def open(self, path: str) -> BinaryIO:
        warned: list[str] = []
        try:
            service = self._opened()
            item = (service.item if service.reads_by_path else self._item_of)(path)
            if item is not None:
                return Watched(warned.append).call(lambda: _read(service, item))
        except Exception as error:  # each connector has error types of its own
            raise self._unreadable(path, in_words(error)) from error
        raise self._unreadable(path, shown(redact(" ".join(warned))) or "no such document")

    def _item_of(self, path: str) -> Any | None:
        """From the listing of this process; where it made none, it lists the service once."""
        from unstructured_ingest.data_types.file_data import FileData

        service = self._opened()
        with self._opening:
            if self._known is None:
                indexer = service.indexer(lambda *_: None)
                items = self._listed(service, indexer, lambda _: None)
                self._known = {service.path(item): item.model_dump_json() for item in items}
        told = self._known.get(path)
        return FileData.model_validate_json(told) if told else None


def _read(service: Service, item: Any) -> BinaryIO:
    """The file that the downloader writes, open though its name is gone."""
    from unstructured_ingest.interfaces import Downloader

    with TemporaryDirectory() as folder:
        target = Path(folder, item.source_identifiers.relative_path.lstrip("/"))
        if not target.resolve().is_relative_to(Path(folder).resolve()):
            raise ValueError("its name leads out of the folder that it is read into")
        downloader = service.downloader(Path(folder))
        if type(downloader).run_async is Downloader.run_async:
            got = downloader.run(file_data=item)
        else:
            got = asyncio.run(downloader.run_async(file_data=item))
        first = got[0] if isinstance(got, list) else got
        if first is None:
            raise ValueError("the connector gave nothing")
        return Path(first["path"]).open("rb")


def _is_refused(error: BaseException) -> bool:
    """Whether the service said that it does not know us, in this error or one that led to it."""
    from unstructured_ingest.error import UserAuthError

    for _ in range(_DEPTH):
        status = getattr(getattr(error, "response", error), "status_code", None)
        if isinstance(error, UserAuthError) or status in _REFUSED:
            return True
        cause = error.__cause__ or error.__context__
        if cause is None:
            return False
        error = cause
    return False


def _model_in(annotation: Any) -> Any:
    """The model in `Secret[...]` or `Optional[Secret[...]]`."""
    while not hasattr(annotation, "model_fields"):
        annotation = get_args(annotation)[0]
    return annotation
