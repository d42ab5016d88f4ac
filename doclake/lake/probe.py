"""Whether a lake can be written and read, tried as its tables are."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import pyarrow as pa

from doclake.errors import LakeError
from doclake.errors.foreign import in_words
from doclake.lake import leases
from doclake.lake.lake import Lake


def probe(lake: Lake) -> None:
    """Write a table of one row into the lake, read it back and remove it. Raises `LakeError`."""
    from deltalake.exceptions import DeltaError

    url = f"{lake.url}/check-{uuid4().hex}"
    try:
        if "://" in url:
            if leases.in_use(url):
                leases.probe(lake.url)
            rows = _written_and_read(url)
            _remove(url)
        else:
            with _folder(Path(url)):
                rows = _written_and_read(url)
    except (DeltaError, OSError, ImportError) as error:
        raise LakeError(
            f"The lake {lake.url} cannot be written and read: {in_words(error)}.",
            mend="Correct `lake`, or check its permissions and its credentials.",
            lake=lake.url,
        ) from error
    if rows != 1:
        raise LakeError(f"The lake {lake.url} holds {rows} rows where one was written.")


def _written_and_read(url: str) -> int:
    from deltalake import DeltaTable, write_deltalake

    write_deltalake(url, pa.table({"number": [1]}))
    return int(DeltaTable(url).count())


def _remove(url: str) -> None:
    """Through fsspec: the files of delta-rs block the whole process while a store hangs."""
    import fsspec

    files, path = fsspec.core.url_to_fs(url, skip_instance_cache=True)
    files.rm(path, recursive=True)


@contextmanager
def _folder(folder: Path) -> Iterator[None]:
    """A new folder, which goes again with the folders above it that were made for it."""
    made = [above for above in folder.parents if not above.exists()]
    folder.mkdir(parents=True)
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):  # somebody uses it already
            for above in made:
                above.rmdir()
