"""Replay: stages do the documents again that failed, that wait for a person or that were refused.

Nothing runs here: replay marks the ledger rows as not done, and the next run of the source does
exactly those documents.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from doclake.contracts import rule_names
from doclake.errors import DocumentError
from doclake.errors.unknown import unknown
from doclake.health import balance, integrity, places
from doclake.health.fault import UNBALANCED
from doclake.lake import ledger, redo
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.tables.ledger import LedgerRow


def failures(lake: Lake, source: str | None = None) -> list[LedgerRow]:
    """Documents that failed or have quarantined chunks, by source and path."""
    rows = ledger.read(lake, Scope(source))
    wanted = [row for row in rows if row["status"] == ledger.FAILED or row["quarantined"]]
    return sorted(wanted, key=lambda row: (row["source"], row["path"]))


def mark(
    project: Project,
    *,
    source: str | None = None,
    document: str | None = None,
    reason: str | None = None,
) -> list[LedgerRow]:
    """Mark the failed documents that match; returns them.

    `document` is a path or a doc_id. `reason` is an error code, the name of a contract's rule, or
    `unbalanced`: the trees in which the doctor finds a fault, failed or not. A document found
    inside another one is replayed with its whole tree.
    """
    lake = project.lake
    if reason == UNBALANCED:
        chosen = [
            row
            for row in _unbalanced(project, source)
            if document is None or document in (row["path"], row["doc_id"])
        ]
        redo.mark(lake, chosen, extract=True)
        return chosen
    refused = _refused_by(lake, source, reason) if reason else set()
    chosen = [
        row
        for row in failures(lake, source)
        if (document is None or document in (row["path"], row["doc_id"]))
        and (reason is None or row["error"] == reason or row["doc_id"] in refused)
    ]
    redo.mark(lake, chosen)
    return chosen


def require_known(
    project: Project, *, source: str | None, document: str | None, reason: str | None
) -> None:
    """Raises `SettingsError` for a document that no source has, and for a reason that no document
    can fail for."""
    lake = project.lake
    if document is not None:
        named = [Scope(source, where={column: [document]}) for column in ("path", "doc_id")]
        tables = ("documents", "ledger")
        if not any(lake.count_by(table, ["source"], one) for table in tables for one in named):
            raise places.no_such_document(document, source)
    if reason is not None:
        of_rules = {rule for (rule,) in lake.count_by("quarantine", ["rule"])}
        codes = {kind.code for kind in DocumentError.__subclasses__()}
        reasons = {*codes, *rule_names(), *of_rules, UNBALANCED}
        if reason not in reasons:
            raise unknown("reason", reason, sorted(reasons), "--reason")


@dataclass(frozen=True)
class Replayed:
    """What became of the documents that were marked. `untouched`: no run has come to them yet.
    `gone`: their source no longer lists them, or the document that held them no longer does."""

    asked: int
    succeeded: int = 0
    failed: list[LedgerRow] = field(default_factory=list)
    untouched: int = 0
    gone: int = 0


def results(project: Project, marked: list[LedgerRow]) -> Replayed:
    """Of rows as `mark` returned them, by what the ledger says now."""
    now: dict[str, LedgerRow] = {}
    for source in sorted({row["source"] for row in marked}):
        roots = sorted({row["root_id"] for row in marked if row["source"] == source})
        rows = ledger.read(project.lake, Scope(source, where={"root_id": roots}))
        now |= {row["doc_id"]: row for row in rows if row["status"] != ledger.DELETED}
    succeeded, untouched, failed = 0, 0, []
    there = [(row, now[row["doc_id"]]) for row in marked if row["doc_id"] in now]
    for before, after in there:
        if after["run_id"] == before["run_id"]:
            untouched += 1
        elif after["status"] == ledger.FAILED or after["quarantined"]:
            failed.append(after)
        else:
            succeeded += 1
    return Replayed(len(marked), succeeded, failed, untouched, len(marked) - len(there))


def _unbalanced(project: Project, source: str | None) -> list[LedgerRow]:
    """Listed documents of the trees whose rows disagree with the ledger."""
    rows: list[LedgerRow] = []
    lake = project.lake
    altered = integrity.faults(project, source)
    for name, counts in balance.status(project).items():
        faults = counts.faults + altered.get(name, [])
        roots = {root for fault in faults for root in fault.root_ids}
        if roots and source in (None, name):
            trees = ledger.trees(ledger.read(lake, Scope(name, where={"root_id": roots})))
            rows += [tree[0] for tree in trees.values()]
    return rows


def _refused_by(lake: Lake, source: str | None, rule: str) -> set[str]:
    rows = lake.read("quarantine", Scope(source), ["doc_id", "rule"]).to_pylist()
    return {row["doc_id"] for row in rows if row["rule"] == rule}
