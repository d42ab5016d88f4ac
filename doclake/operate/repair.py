"""Repair: damaged files go from the tables, and the stages make anew the rows that they held.

What can be read in the partition of a damaged file is kept. Documents that lost rows are marked as
not done, as a replay marks them, and the next run of their source does exactly those. Killed at any
point, a repair can be run again: documents are marked before the file goes, and while it is there
it is found.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from doclake import clock
from doclake.health import damage
from doclake.lake import files, ledger, locks
from doclake.lake.files import DamagedFile
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.stages import search_index
from doclake.tables.documents import DOCUMENTS, DocumentRow
from doclake.tables.ledger import LedgerRow
from doclake.tables.registry import TABLES
from doclake.tables.rows import strings

_EMBEDDED = (*ledger.EMBED_FIELDS, *ledger.INDEX_FIELDS)
_CURATED = (*ledger.CURATE_FIELDS, *_EMBEDDED)
_UNDONE: dict[str, tuple[str, ...]] = {
    "documents": (),
    "elements": ledger.EXTRACT_FIELDS,
    "metadata": ledger.EXTRACT_FIELDS,
    "chunks": (*ledger.CHUNK_FIELDS, *_CURATED),
    "signals": ledger.CURATE_FIELDS,
    "embeddings": _EMBEDDED,
}
"""What is not done any more in a document that lost rows of a table, in the order of the stages.
One that must be read again keeps its chunks until it was: its source may be away."""
_COUNTED = ("elements", "chunks", "signals")  # the ledger says how many rows each document has
_READ_AGAIN = ("documents", "elements", "metadata")  # made of what the source lists and holds


@dataclass(frozen=True)
class Plan:
    """`damaged` are the files whose rows are made anew, `beyond` those that a repair leaves alone.
    `begun` counts the documents, by source, that a run or an earlier repair has not finished."""

    damaged: list[DamagedFile]
    beyond: list[DamagedFile]
    begun: dict[str, int]

    @property
    def index(self) -> bool:
        return any(file.table == damage.INDEX for file in self.damaged)

    @property
    def sources(self) -> list[str]:
        """Those that a run has something to do for."""
        return sorted({file.source for file in self.damaged if file.source} | self.begun.keys())


@dataclass(frozen=True)
class Lost:
    """A document that lost its rows, and why no run could make them anew."""

    source: str
    path: str
    why: str


def plan(project: Project, source: str | None = None) -> Plan:
    """What is damaged, in the whole lake or in what it has of one source. A source is left alone
    while one of its files is damaged that stands nowhere else, such as one of the ledger: the
    stages would fail."""
    everything = damage.find(project, thorough=True)
    found = [file for file in everything if source is None or file.source in (None, source)]
    blocked = {file.source for file in everything if _stops_stages(file)}

    def mended(file: DamagedFile) -> bool:
        waits = file.source is not None and bool(blocked & {file.source, None})
        return damage.mend(project, file) == damage.REPAIR and not waits

    chosen = [name for name in project.settings.sources if source in (None, name)]
    free = [name for name in chosen if not blocked & {name, None}]
    damaged = [file for file in found if mended(file)]
    beyond = [file for file in found if not mended(file)]
    return Plan(damaged, beyond, _begun(project.lake.without(()), free))


def _stops_stages(file: DamagedFile) -> bool:
    """Whether it holds rows of a source that nothing can be made of."""
    if damage.made_from(file) is not None:
        return False
    return "bucket" in TABLES[file.table].partition_columns


def _begun(lake: Lake, sources: Iterable[str]) -> dict[str, int]:
    begun = {}
    for source in sources:
        sound = Scope(source, where={"status": [ledger.OK]})
        rows = lake.read("ledger", sound, ["extract_recipe", "indexed"])
        undone = pc.or_(pc.is_null(rows["extract_recipe"]), pc.is_null(rows["indexed"]))
        begun[source] = int(pc.sum(undone).as_py() or 0)
    return {source: number for source, number in begun.items() if number}


def begin(project: Project, todo: Plan) -> list[LedgerRow]:
    """Take the damaged files from the tables, in one commit for each table of a source, mark what
    they held as not done, and make a damaged index anew. The next run of the sources does the rest.

    Returns the listed documents whose rows must come from the source once more.
    """
    awaited: list[LedgerRow] = []
    by_source: dict[str, dict[str, list[DamagedFile]]] = defaultdict(lambda: defaultdict(list))
    for file in todo.damaged:
        if file.source is not None:
            by_source[file.source][file.table].append(file)
    for source, tables in by_source.items():
        buckets = sorted({file.bucket or "" for held in tables.values() for file in held})
        with locks.partitions(project.lake, source, buckets):
            for table in sorted(tables, key=list(_UNDONE).index):
                undone = _take_out(project.lake, source, table, tables[table])
                awaited += undone if table in _READ_AGAIN else []
    if todo.index:
        search_index.run(project, rebuild=True)
    return [row for row in awaited if row["doc_id"] == row["root_id"]]


def _take_out(lake: Lake, source: str, table: str, damaged: list[DamagedFile]) -> list[LedgerRow]:
    """Returns the documents that lost rows."""
    scope = Scope(source, sorted({file.bucket or "" for file in damaged}))
    left = files.rows_left(lake, table, scope, {file.path for file in damaged})
    lost = _of_lost_rows(table, ledger.read(lake, scope), left)
    ledger.undone(lake, source, lost, _UNDONE[table])
    if table == DOCUMENTS.name:
        left = pa.concat_tables([left, DOCUMENTS.arrow(list(_registered(lost)))])
    lake.replace(table, scope, left)
    return [row for row in lost if row["status"] == ledger.OK]


def _of_lost_rows(table: str, rows: list[LedgerRow], left: pa.Table) -> list[LedgerRow]:
    """Whole trees of these that lost rows of a table, or may have."""
    if table == DOCUMENTS.name:
        known = set(strings(left["doc_id"]))
        return [row for row in rows if row["root_id"] not in known]
    if table not in _COUNTED:
        return rows
    counts = Counter(strings(left["doc_id"]))
    roots = {row["root_id"] for row in rows if (row.get(table) or 0) != counts[row["doc_id"]]}
    return [row for row in rows if row["root_id"] in roots]


def _registered(rows: Iterable[LedgerRow]) -> Iterator[DocumentRow]:
    """Rows of the registry as far as the ledger knows them. Without `first_seen` and `access` the
    next run writes both, and all that the listing says, and still knows what is gone from it."""
    for row in rows:
        if row["doc_id"] == row["root_id"]:
            deleted = row["status"] == ledger.DELETED
            yield {
                "source": row["source"],
                "bucket": row["bucket"],
                "doc_id": row["doc_id"],
                "path": row["path"],
                "signature": row["signature"],
                "updated_at": clock.now(),
                "deleted_at": row["updated_at"] if deleted else None,
            }


def lost(project: Project, awaited: Iterable[LedgerRow]) -> list[Lost]:
    """Those of the awaited documents whose rows did not come back."""
    found = []
    for row in awaited:
        scope = Scope(row["source"], [row["bucket"]], {"doc_id": [row["doc_id"]]})
        now = ledger.read(project.lake, scope)
        if not now or now[0]["status"] == ledger.DELETED:
            found.append(Lost(row["source"], row["path"], "gone from the source"))
        elif now[0]["status"] == ledger.FAILED:
            found.append(Lost(row["source"], row["path"], now[0]["message"] or ""))
    return found
