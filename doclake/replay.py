"""Replay: make stages do documents again that failed, were parked or were refused.

Nothing is run here: the ledger rows are marked as not done, and the next run of the source does
exactly those documents.
"""

from __future__ import annotations

from doclake import ledger
from doclake.lake import Lake, Scope
from doclake.ledger import Row

BATCH = 500


def failures(lake: Lake, source: str | None = None) -> list[Row]:
    """Documents that failed or have quarantined chunks."""
    rows = ledger.read(lake, Scope(source))
    return [row for row in rows if row["status"] == ledger.FAILED or row["quarantined"]]


def mark(
    lake: Lake,
    *,
    source: str | None = None,
    document: str | None = None,
    reason: str | None = None,
) -> list[Row]:
    """Mark the failed documents that match; returns them.

    `document` is a path or a doc_id, `reason` an error code or the name of a contract's rule. A
    document found inside another one is replayed with the whole tree it belongs to.
    """
    ruled = _refused_by(lake, source, reason) if reason else set()
    chosen = [
        row
        for row in failures(lake, source)
        if (document is None or document in (row["path"], row["doc_id"]))
        and (reason is None or row["error"] == reason or row["doc_id"] in ruled)
    ]
    for name in sorted({row["source"] for row in chosen}):
        _mark(lake, name, [row for row in chosen if row["source"] == name])
    return chosen


def _refused_by(lake: Lake, source: str | None, rule: str) -> set[str]:
    rows = lake.read("quarantine", Scope(source), ["doc_id", "rule"]).to_pylist()
    return {row["doc_id"] for row in rows if row["rule"] == rule}


def _mark(lake: Lake, source: str, chosen: list[Row]) -> None:
    roots = {row["root_id"] for row in chosen}
    extract = {row["root_id"] for row in chosen if row["status"] == ledger.FAILED}
    buckets = sorted({row["bucket"] for row in chosen})
    trees = ledger.trees(ledger.read(lake, Scope(source, buckets, {"root_id": roots})))
    todo = list(trees.values())
    for start in range(0, len(todo), BATCH):
        batch = todo[start : start + BATCH]
        rows = [_again(row, row["root_id"] in extract) for tree in batch for row in tree]
        ledger.write(lake, source, rows, [tree[0]["root_id"] for tree in batch])


def _again(row: Row, extract: bool) -> Row:
    fields = [*ledger.CHUNK_FIELDS, *ledger.EMBED_FIELDS, *ledger.INDEX_FIELDS]
    if extract:
        fields.append("extract_recipe")
    return ledger.cleared(row, fields) | {"attempts": 0}
