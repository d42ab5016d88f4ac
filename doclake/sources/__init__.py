"""Listing and reading documents where they are: one module per kind of source."""

from __future__ import annotations

from doclake.sources.base import Source
from doclake.sources.registry import open_source
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
