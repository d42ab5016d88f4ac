"""A folder over SSH: `sftp://host/path`. Only hosts whose keys are known are spoken to."""

from __future__ import annotations

import weakref
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from doclake import extras
from doclake.errors.foreign import in_words
from doclake.settings import Settings, SourceSettings
from doclake.settings.source_kinds import SftpOptions
from doclake.settings.source_options import options_of
from doclake.sources.filesystem import RemoteSource
from doclake.sources.patience import patiently

_TIMEOUTS = ("timeout", "banner_timeout", "auth_timeout", "channel_timeout")


class SftpSource(RemoteSource):
    options = SftpOptions

    def __init__(self, name: str, source: SourceSettings, settings: Settings) -> None:
        super().__init__(name, source, settings)
        self._login = options_of(source, SftpOptions)

    def _open(self) -> tuple[Any, str]:
        extras.require("paramiko", f"The SFTP server of source {self.name}")
        from paramiko import AuthenticationException, SSHException

        def passes(error: BaseException) -> bool:
            return isinstance(error, OSError) and not isinstance(error, SSHException)

        try:
            filesystem = patiently(self._login, passes, self._connected)
        except AuthenticationException as error:
            raise self.credentials_refused(in_words(error), "password") from error
        weakref.finalize(self, filesystem.client.close)
        return filesystem, unquote(urlsplit(self.url).path)

    def _connected(self) -> Any:
        from fsspec.implementations.sftp import SFTPFileSystem

        place, given = urlsplit(self.url), self._login
        seconds = given.timeout.total_seconds()
        return SFTPFileSystem(
            place.hostname,
            port=place.port or 22,
            username=given.user,
            password=self.secret("password", required=False) or None,
            passphrase=self.secret("passphrase", required=False) or None,
            key_filename=str(self._local(given.identity)) if given.identity else None,
            host_key_policy=self._known_hosts(),
            skip_instance_cache=True,
            **dict.fromkeys(_TIMEOUTS, seconds),
        )

    def _known_hosts(self) -> Any:
        """A policy that takes the hosts of the file, and refuses all others."""
        from paramiko import HostKeys, MissingHostKeyPolicy, PKey, SSHClient, SSHException

        file = self._local(self._login.known_hosts)
        known = HostKeys(str(file)) if file.is_file() else HostKeys()

        class OnlyKnown(MissingHostKeyPolicy):  # type: ignore[misc]  # it has no types
            def missing_host_key(self, _: SSHClient, hostname: str, key: PKey) -> None:
                if not known.check(hostname, key):
                    raise SSHException(f"{hostname} has a key that is not in {file}")

        return OnlyKnown()

    def _local(self, name: str) -> Path:
        return self._config_dir / Path(name).expanduser()
