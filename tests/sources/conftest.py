"""Sources over folders made by the test, opened as the pipeline opens them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from doclake.settings import Settings, SourceSettings
from doclake.sources import Source, open_source

Opener = Callable[..., Source]


@pytest.fixture
def opened(tmp_path: Path) -> Opener:
    """`opened(url, include=[...], ...)`: a source named `docs`, settings file in tmp_path."""

    def open_it(url: str = "docs", limits: dict[str, int] | None = None, **given: Any) -> Source:
        source = SourceSettings(url=url, **given)
        settings = Settings(sources={"docs": source}, limits=limits or {}, config_dir=tmp_path)
        return open_source("docs", source, settings)

    return open_it


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., Path]:
    """`files("a.txt", "b/c.txt")`: these files, each holding its own name, in tmp_path/docs."""

    def make(*names: str) -> Path:
        root = tmp_path / "docs"
        for name in names:
            file = root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(name)
        return root

    return make


def paths(listing: Iterable[pa.RecordBatch]) -> set[str]:
    found = [path for batch in listing for path in batch.column("path").to_pylist()]
    assert len(found) == len(set(found)), "a path was listed twice"
    return set(found)
