"""A reader as if it had been mended: the version of its format raised."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from doclake.extract import format_versions, registry


@contextmanager
def mended(name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    rows = {row.name: row for row in registry.FORMATS}
    rows[name] = replace(rows[name], version=rows[name].version + 1)
    kinds = [(row, kind) for row in rows.values() for kind in row.media_types]
    with monkeypatch.context() as patch:
        patch.setattr(registry, "kinds", lambda: kinds)
        patch.setattr(format_versions, "_BY_NAME", rows)
        format_versions.fingerprints_of.cache_clear()
        yield
    format_versions.fingerprints_of.cache_clear()
