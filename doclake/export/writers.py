"""How rows become files: the same rows, the same bytes, by the same libraries.

Files hold no times and no names of a machine. Rows are cut into groups of a fixed number, however
they come. A Lance table names its files by chance, so its rows are compared and not its files.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, ClassVar

import pyarrow as pa

GROUP_ROWS, FILE_ROWS = 5_000, 100_000
DATA = "data"


@dataclass(frozen=True)
class Written:
    """A file, by its place in the export; of a table of Lance, its folder and the digest of its
    rows."""

    path: str
    sha256: str
    rows: int


class Writer(ABC):
    """Writes the rows of one split into a folder."""

    suffix: ClassVar[str]

    def __init__(self, folder: Path, split: str, schema: pa.Schema) -> None:
        self._folder, self._split, self._schema = folder, split, schema
        self.rows = 0

    @abstractmethod
    def write(self, batches: Iterable[pa.RecordBatch]) -> list[Written]:
        """All rows of the split, in order."""


class _Files(Writer):
    """Files of `FILE_ROWS` rows; at least one, which may be empty."""

    def write(self, batches: Iterable[pa.RecordBatch]) -> list[Written]:
        written, groups = list[Written](), _groups(batches, self._schema)
        group: pa.Table | None = next(groups, self._schema.empty_table())
        while group is not None:
            file = self._folder / DATA / f"{self._split}-{len(written):05}.{self.suffix}"
            with file.open("xb") as opened:
                rows, group = self._write(opened, group, groups)
            written.append(Written(f"{DATA}/{file.name}", _digest(file), rows))
            self.rows += rows
        return written

    def _write(
        self, opened: IO[bytes], group: pa.Table, groups: Iterator[pa.Table]
    ) -> tuple[int, pa.Table | None]:
        """One file, from its first group on; its rows, and the first group of the next."""
        rows = 0
        with self._opened(opened) as add:
            following: pa.Table | None = group
            while following is not None and rows < FILE_ROWS:
                add(following)
                rows += following.num_rows
                following = next(groups, None)
        return rows, following

    @abstractmethod
    def _opened(self, opened: IO[bytes]) -> Any:
        """A context in which a call adds a group."""


class ParquetFiles(_Files):
    suffix = "parquet"

    def _opened(self, opened: IO[bytes]) -> Any:
        return _Parquet(opened, self._schema)


class _Parquet:
    def __init__(self, opened: IO[bytes], schema: pa.Schema) -> None:
        import pyarrow.parquet as pq

        self._writer = pq.ParquetWriter(
            opened, schema, version="2.6", compression="zstd", compression_level=3
        )

    def __enter__(self) -> Any:
        return lambda group: self._writer.write_table(group, row_group_size=GROUP_ROWS)

    def __exit__(self, *_: object) -> None:
        self._writer.close()


class JsonLines(_Files):
    suffix = "jsonl"

    def _opened(self, opened: IO[bytes]) -> Any:
        return _Lines(opened)


class _Lines:
    def __init__(self, opened: IO[bytes]) -> None:
        self._opened = opened

    def __enter__(self) -> Any:
        return lambda group: self._opened.writelines(lines(group))

    def __exit__(self, *_: object) -> None:
        pass


class LanceTable(Writer):
    suffix = "lance"

    def write(self, batches: Iterable[pa.RecordBatch]) -> list[Written]:
        import lance

        digest = hashlib.sha256()

        def passing() -> Iterator[pa.RecordBatch]:
            for group in _groups(batches, self._schema):
                for line in lines(group):
                    digest.update(line)
                self.rows += group.num_rows
                yield from group.to_batches()

        folder = self._folder / DATA / f"{self._split}.{self.suffix}"
        reader = pa.RecordBatchReader.from_batches(self._schema, passing())
        lance.write_dataset(reader, str(folder), mode="create", max_rows_per_group=GROUP_ROWS)
        return [Written(f"{DATA}/{folder.name}", digest.hexdigest(), self.rows)]


WRITERS: dict[str, type[Writer]] = {
    "parquet": ParquetFiles,
    "hf": ParquetFiles,
    "jsonl": JsonLines,
    "lance": LanceTable,
}


def lines(rows: pa.Table) -> Iterator[bytes]:
    """Each row as a line of JSON, times in ISO 8601."""
    for row in rows.to_pylist():
        yield json.dumps(row, ensure_ascii=False, default=_plain).encode("utf-8", "replace") + b"\n"


def _plain(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value.isoformat())


def _groups(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    """Tables of `GROUP_ROWS` rows, the last one of fewer."""
    waiting, count = list[pa.Table](), 0
    for batch in batches:
        waiting.append(pa.Table.from_batches([batch]).cast(schema))
        count += batch.num_rows
        while count >= GROUP_ROWS:
            joined = pa.concat_tables(waiting)
            yield joined.slice(0, GROUP_ROWS).combine_chunks()
            waiting, count = [joined.slice(GROUP_ROWS)], count - GROUP_ROWS
    if count:
        yield pa.concat_tables(waiting).combine_chunks()


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
