"""The ledger: one row per document, holding what every stage made of its current version.

Rows of a document and of everything found inside it are written together, in one commit per
batch. A stage marks a document as done here last, after its rows are committed and counted, so a
run that dies in between does that document again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import cast

import pyarrow as pa
import pyarrow.compute as pc

from doclake import ids
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.lake.slices import runs
from doclake.tables.ledger import LEDGER, LedgerRow

OK, FAILED, DELETED = "ok", "failed", "deleted"
_ORDER = ("bucket", "root_id", "path")

# What each stage writes. A stage that does a document again clears its own and all that follow.
EXTRACT_FIELDS = ("extract_recipe",)
CHUNK_FIELDS = (
    *("chunk_recipe", "contract", "access_hash", "excluded", "left_out", "suspicious"),
    *("chunks", "chunk_letters", "quarantined"),
)
CURATE_FIELDS = ("curation", "signals", "dropped")
EMBED_FIELDS = ("model", "vectors")
INDEX_FIELDS = ("indexed",)
DONE_FIELDS = (*EXTRACT_FIELDS, *CHUNK_FIELDS, *CURATE_FIELDS, *EMBED_FIELDS, *INDEX_FIELDS)


def access_hash(path: str, access: Iterable[str], denied: Iterable[str] = ()) -> str:
    """Digest of what chunks copy from the document beside its content."""
    denials = [f"\ndenied {name}" for name in sorted(denied)]  # no name has a line feed
    return ids.digest("access", path, *sorted(access), *denials, size=8)


def read(lake: Lake, scope: Scope, columns: Sequence[str] = ()) -> list[LedgerRow]:
    """Rows of the scope, sorted; with `columns`, only those and the ones they are sorted by."""
    return LEDGER.rows(in_order(lake, scope, columns))


def by_bucket(lake: Lake, scope: Scope, columns: Sequence[str] = ()) -> dict[str, pa.Table]:
    """The rows of each bucket, sorted, as Arrow: a plan over a whole source makes Python rows of
    one bucket at a time, so that its memory does not grow with the source."""
    return dict(runs(in_order(lake, scope, columns), "bucket"))


def in_order(lake: Lake, scope: Scope, columns: Sequence[str]) -> pa.Table:
    """As `read`, but as Arrow."""
    wanted = list(dict.fromkeys([*_ORDER, *columns])) if columns else None
    return lake.read("ledger", scope, wanted).sort_by([(name, "ascending") for name in _ORDER])


def of_trees(lake: Lake, source: str, places: Mapping[str, str]) -> list[LedgerRow]:
    """Whole rows of the trees at these `places`, which give the bucket of each root_id."""
    if not places:
        return []
    buckets = sorted(set(places.values()))
    return read(lake, Scope(source, buckets, {"root_id": sorted(places)}))


def write(lake: Lake, source: str, rows: Sequence[LedgerRow], root_ids: Iterable[str]) -> None:
    """Replace the rows of these document trees. `rows` holds every document of each tree."""
    roots = sorted(set(root_ids))
    if not roots:
        return
    buckets = sorted({row["bucket"] for row in rows})
    lake.replace("ledger", Scope(source, buckets, {"root_id": roots}), LEDGER.arrow(rows))


def amend(
    lake: Lake,
    scope: Scope,
    chosen: Callable[[pa.Table], list[bool]],
    change: Callable[[LedgerRow], LedgerRow],
) -> None:
    """Change the `chosen` rows of some partitions; the others never become Python rows.

    For a writer that does not hold the partition (see `locks`): it never overwrites a newer row.
    """

    def rewritten(table: pa.Table) -> pa.Table | None:
        mask = pa.array(chosen(table), pa.bool_())
        changed = [change(row) for row in LEDGER.rows(table.filter(mask))]
        if not changed:
            return None
        return pa.concat_tables([table.filter(pc.invert(mask)), LEDGER.arrow(changed)])

    lake.update("ledger", scope, rewritten)


def undone(lake: Lake, source: str, rows: Sequence[LedgerRow], fields: Sequence[str]) -> None:
    """Mark whole trees as not done before their rows in other tables change.

    Otherwise a run that dies before it writes the ledger leaves a half-written state, which passes
    for done if the source or the recipe goes back to what the ledger last knew.
    """
    known = [row for row in rows if cleared(row, fields) != row]
    roots = {row["root_id"] for row in known}
    marked = [cleared(row, fields) for row in rows if row["root_id"] in roots]
    write(lake, source, marked, roots)


def cleared(row: LedgerRow, fields: Sequence[str]) -> LedgerRow:
    return cast("LedgerRow", row | dict.fromkeys(fields))


def trees(rows: Iterable[LedgerRow]) -> dict[str, list[LedgerRow]]:
    """Ledger rows by the listed document they belong to."""
    grouped: dict[str, list[LedgerRow]] = {}
    for row in rows:
        grouped.setdefault(row["root_id"], []).append(row)
    return grouped


def personal_data(rows: pa.Table) -> Counter[tuple[str, str, str]]:
    """Documents by source, kind of personal data and what was done with it."""
    holding = rows.filter(pc.is_valid(rows["personal_kinds"])).select(["source", "personal_kinds"])
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in LEDGER.rows(holding):
        for done in row["personal_kinds"] or ():
            kind, _, action = done.partition(":")
            counts[row["source"], kind, action] += 1
    return counts


def copies(rows: pa.Table) -> int:
    """How many of these documents have the bytes of another one. What was not read has none."""
    read = rows["content_hash"].filter(pc.not_equal(rows["content_hash"], ""))
    return len(read) - len(pc.unique(read))
