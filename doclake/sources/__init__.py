"""Listing and reading documents where they are: one module per kind of source."""

from __future__ import annotations

from doclake.settings import Settings, SourceSettings
from doclake.sources.base import Source
from doclake.sources.signatures import (
    bucket_digests,
    digests,
    signature,
    signatures,
    statements,
)

__all__ = [
    "Source",
    "bucket_digests",
    "digests",
    "open_source",
    "signature",
    "signatures",
    "statements",
]


def open_source(name: str, source: SourceSettings, settings: Settings) -> Source:
    """The source of this name, without any access to it yet."""
    folder = settings.local_path(source.url)
    if folder is not None:
        from doclake.sources.folder import FolderSource

        return FolderSource(name, source, settings, folder)
    if source.url.startswith(("s3://", "s3a://")):
        from doclake.sources.s3 import S3Source

        return S3Source(name, source)
    from doclake.sources.filesystem import RemoteSource

    return RemoteSource(name, source)
