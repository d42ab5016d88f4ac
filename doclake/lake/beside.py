"""Files beside the tables of a lake, in the folders of pages and of cards."""

from __future__ import annotations

from typing import Any

from doclake.lake.lake import Lake


def opened(lake: Lake, folder: str) -> tuple[Any, str]:
    """The filesystem of the lake (fsspec's), and the path of a folder beside its tables. Raises
    `ImportError` where the library of its store is not there."""
    import fsspec

    files, path = fsspec.core.url_to_fs(f"{lake.url}/{folder}", skip_instance_cache=True)
    return files, path
