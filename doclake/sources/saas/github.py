"""GitHub, and GitHub Enterprise: `github://owner/repository`, `github://host/owner/repository`.

Its connector reads files from the default branch whatever branch it listed, none above 1 MB, and
from github.com alone.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import PrivateAttr
from unstructured_ingest.data_types.file_data import FileData, SourceIdentifiers
from unstructured_ingest.error import UserError
from unstructured_ingest.processes.connectors.github import (
    CONNECTOR_TYPE,
    GithubConnectionConfig,
    GithubDownloader,
)

from doclake.settings.connectors import Connector
from doclake.settings.kind_options import NetworkOptions
from doclake.settings.source_kinds import SaasOptions
from doclake.sources.saas.service import Service

_PUBLIC = "https://api.github.com"
_LINK = "120000"  # git's mode of a symbolic link


class Connection(GithubConnectionConfig):  # type: ignore[misc]
    _options: NetworkOptions = PrivateAttr(default_factory=NetworkOptions)
    _api: str = PrivateAttr(_PUBLIC)

    def get_client(self) -> Any:
        from github import Auth, Github

        given = self.access_config.get_secret_value()
        return Github(
            auth=Auth.Token(given.oauth_token or given.access_token),
            base_url=self._api,
            timeout=round(self._options.timeout.total_seconds()),
            retry=None,  # the connector asks again
        )


@dataclass
class Downloader(GithubDownloader):  # type: ignore[misc]
    branch: str | None = None

    def get_file(self, file_data: FileData) -> Any:
        repository = self._get_repo()
        path, branch = file_data.source_identifiers.relative_path, self.branch
        found = self._asked(
            lambda: repository.get_contents(path, ref=branch or repository.default_branch)
        )
        if isinstance(found, list):
            raise UserError(f"{path} is a folder")
        return found

    def get_contents(self, content_file: Any) -> bytes:
        if content_file.encoding == "base64":
            data: bytes = content_file.decoded_content
            return data
        repository = self._get_repo()
        blob = self._asked(lambda: repository.get_git_blob(content_file.sha))
        return base64.b64decode(blob.content)

    def _asked(self, ask: Any) -> Any:
        return self.connection_config.run_with_retry(
            ask, max_retries=self.download_config.max_retries
        )


class GitHub(Service):
    """The path of a file is that in its repository: git gives it no other name."""

    reads_by_path = True

    def __init__(self, connector: Connector, url: str, options: SaasOptions, *more: Any) -> None:
        scheme, _, place = url.partition("://")
        *host, owner, repository = place.strip("/").split("/")
        super().__init__(connector, f"{scheme}://{owner}/{repository}", options, *more)
        self.connection._options = options
        if host:
            self.connection._api = f"https://{host[0]}/api/v3"
        self.index.max_retries = self.options.retries + 1

    @property
    def connection_class(self) -> Any:
        return Connection

    def downloader(self, folder: Path) -> Any:
        downloader = self._downloader(Downloader, folder)
        downloader.branch = self.index.branch
        downloader.download_config.max_retries = self.options.retries + 1
        return downloader

    def path(self, item: Any) -> str:
        path: str = item.source_identifiers.relative_path
        return path

    def leaves_out(self, item: Any) -> str | None:
        modes = [said.get("mode") for said in item.metadata.permissions_data or ()]
        return "symbolic link" if _LINK in modes else None

    def item(self, path: str) -> FileData | None:
        if path.startswith("/") or ".." in path.split("/"):
            return None
        name = PurePosixPath(path).name
        names = SourceIdentifiers(filename=name, fullpath=path, rel_path=path)
        return FileData(identifier=path, connector_type=CONNECTOR_TYPE, source_identifiers=names)
