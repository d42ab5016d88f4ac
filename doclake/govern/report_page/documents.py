"""The ledger of the sources that a report is about, read once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from doclake.lake import ledger, past
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.tables.ledger import LEDGER, LedgerRow
from doclake.tables.rows import strings

_COLUMNS = (
    *("source", "doc_id", "parent_id", "path", "status", "error", "mend", "media_type"),
    *("content_hash", "personal_kinds"),
)


@dataclass(frozen=True)
class Documents:
    """Documents that are there, of some sources."""

    project: Project
    sources: Sequence[str]

    @cached_property
    def rows(self) -> pa.Table:
        parts = [self.project.lake.read("ledger", Scope(one), _COLUMNS) for one in self.sources]
        rows = pa.concat_tables(parts) if parts else LEDGER.columns(_COLUMNS).empty_table()
        there = rows.filter(pc.not_equal(rows["status"], ledger.DELETED))
        return there.sort_by([("source", "ascending"), ("path", "ascending")])

    @cached_property
    def paths(self) -> dict[str, str]:
        return dict(zip(strings(self.rows["doc_id"]), strings(self.rows["path"]), strict=True))

    @property
    def failed(self) -> list[LedgerRow]:
        return LEDGER.rows(self.rows.filter(pc.equal(self.rows["status"], ledger.FAILED)))

    @property
    def formats(self) -> Counter[str]:
        return Counter(name or "unknown" for name in self.rows["media_type"].to_pylist())

    @property
    def copies(self) -> Iterator[tuple[str, list[str]]]:
        """Source and paths of documents with the same bytes."""
        columns = (self.rows[name].to_pylist() for name in ("source", "content_hash", "path"))
        alike: dict[tuple[str, str], list[str]] = defaultdict(list)
        for source, digest, path in zip(*columns, strict=True):
            if source and digest and path:
                alike[source, digest].append(path)
        yield from ((source, paths) for (source, _), paths in alike.items() if len(paths) > 1)

    def of(self, table: str, kind: str, where: str) -> dict[tuple[str, str], list[str]]:
        """Paths of the documents with rows of a table for which `where` holds, by source and by the
        SQL expression `kind`."""
        schema = pa.schema([("kind", pa.string()), ("doc_id", pa.string())])
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for source in self.sources:
            inner = f"SELECT {kind} AS kind, doc_id FROM t WHERE {Scope(source).sql()} AND {where}"  # noqa: S608
            sql = f"SELECT DISTINCT kind, doc_id FROM ({inner})"  # noqa: S608
            rows = past.select(self.project.lake, table, sql, schema)
            for row in rows.to_pylist() if rows is not None else ():
                if row["kind"] and row["doc_id"] in self.paths:
                    found[source, row["kind"]].add(self.paths[row["doc_id"]])
        return {place: sorted(paths) for place, paths in sorted(found.items())}
