"""From broken rules to accepted rows and quarantine rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pyarrow as pa

from doclake.contracts.model import Rule, Verdict
from doclake.contracts.suite import run
from doclake.tables.quarantine import QUARANTINE, Refusal

_COPIED = ("source", "bucket", "root_id", "doc_id", "path", "content_hash", "recipe")


def judge(
    table: pa.Table, features: pa.Table, rules: Sequence[Rule], *, stage: str, key: str
) -> Verdict:
    """The verdict on `table`; row i of `features` describes row i of it."""
    results, broken = run(features, rules)
    critical = {rule.name: rule for rule in rules if rule.severity == "critical"}
    refused = {name: rows for name, rows in broken.items() if name in critical}
    wrong = sorted({row for rows in refused.values() for row in rows})
    if not wrong:
        return Verdict(table, QUARANTINE.schema.empty_table(), results)
    keep = pa.array(sorted(set(range(table.num_rows)) - set(wrong)), pa.int64())
    reasons = [(row, critical[name]) for name, rows in refused.items() for row in rows]
    entries = _entries(table, features, reasons, stage, key)
    return Verdict(table.take(keep), QUARANTINE.arrow(entries), results)


def _entries(
    table: pa.Table, features: pa.Table, reasons: list[tuple[int, Rule]], stage: str, key: str
) -> list[Refusal]:
    """One entry for each key and rule, also where several rows share a key."""
    columns = [name for name in (*_COPIED, key, "element_ids") if name in table.column_names]
    now = datetime.now(UTC)
    entries: dict[tuple[str, str], Refusal] = {}
    for row, rule in sorted(reasons, key=lambda reason: (reason[0], reason[1].name)):
        values = {name: table[name][row].as_py() for name in columns}
        name = values[key] or ""
        entry: Refusal = {
            "source": values.get("source") or "",
            "bucket": values.get("bucket") or "",
            "root_id": values.get("root_id") or "",
            "doc_id": values.get("doc_id") or "",
            "path": values.get("path"),
            "content_hash": values.get("content_hash") or "",
            "recipe": values.get("recipe") or "",
            "stage": stage,
            "key": name,
            "rule": rule.name,
            "evidence": _evidence(features, row, rule),
            "element_ids": values.get("element_ids") or [],
            "attempts": 1,
            "refused_at": now,
        }
        entries.setdefault((name, rule.name), entry)
    return list(entries.values())


def _evidence(features: pa.Table, row: int, rule: Rule) -> str:
    """The feature's number and what was expected of it; for strings, only their length."""
    value = features[rule.column][row].as_py()
    evidence = f"{rule.column}={value}"
    if isinstance(value, str):
        evidence = f"{rule.column} of {len(value)} characters"
    expected = ", ".join(f"{name}={argument}" for name, argument in rule.arguments.items())
    return f"{evidence}; expected {expected}" if expected else evidence
