"""From broken rules to accepted rows and quarantine rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pyarrow as pa

from doclake.contracts.model import (
    EXAMPLES,
    Breach,
    Decisions,
    Example,
    Rule,
    RuleResult,
    Verdict,
)
from doclake.contracts.suite import run
from doclake.tables.decisions import RELEASED
from doclake.tables.quarantine import QUARANTINE, Refusal
from doclake.tables.rows import with_column

_COPIED = ("source", "bucket", "root_id", "doc_id", "path", "content_hash", "recipe")
WARNINGS = "warnings"
UNDECIDED: Decisions = {}


def judge(
    table: pa.Table,
    features: pa.Table,
    rules: Sequence[Rule],
    *,
    stage: str,
    key: str,
    decisions: Decisions = UNDECIDED,
) -> Verdict:
    """The verdict on `table`; row i of `features` describes row i of it."""
    results, broken = run(features, rules, stage)
    by_name = {rule.name: rule for rule in rules}
    breaches = [(row, by_name[name]) for name, rows in broken.items() for row in rows]
    found = [(row, rule) for row, rule in breaches if rule.severity != "warn"]
    decided = [_decided(table, row, rule, key, decisions) for row, rule in found]
    refused = [one for one, kind in zip(found, decided, strict=True) if kind != RELEASED]
    waiting = [one for one, kind in zip(found, decided, strict=True) if kind is None]
    released = [one for one, kind in zip(found, decided, strict=True) if kind == RELEASED]
    counts = Counter(rule.name for _, rule in released)
    results = [_without(result, counts[result.name]) for result in results]
    stopped = [
        result
        for result in results
        if result.severity == "stop"
        and result.unexpected > by_name[result.name].share * result.checked
    ]
    warned = [one for one in breaches if one[1].severity == "warn"]
    table = _with_warnings(table, [*warned, *released])
    wrong = {row for row, _ in refused}
    dropped = wrong - {row for row, _ in waiting}
    return Verdict(
        accepted=_rows(table, set(range(table.num_rows)) - wrong) if wrong else table,
        dropped=_rows(table, dropped),
        refused=QUARANTINE.arrow(_entries(table, features, waiting, stage, key)),
        asked=rules,
        rules=results,
        examples=_examples(table, features, [*warned, *waiting], key),
        stopped=stopped,
    )


def _examples(
    table: pa.Table, features: pa.Table, told: Sequence[tuple[int, Rule]], key: str
) -> dict[str, list[Example]]:
    examples: dict[str, list[Example]] = defaultdict(list)
    has_path = "path" in table.column_names
    for row, rule in told:
        if len(examples[rule.name]) < EXAMPLES:
            path = table["path"][row].as_py() if has_path else None
            evidence = _evidence(features, row, rule)
            examples[rule.name].append(Example(path or "", table[key][row].as_py() or "", evidence))
    return examples


def _with_warnings(table: pa.Table, kept: Sequence[tuple[int, Rule]]) -> pa.Table:
    """The table, whose kept rows bear the names of the rules they break."""
    if not kept or WARNINGS not in table.column_names:
        return table
    names: list[list[str] | None] = [None] * table.num_rows
    for row, rule in kept:
        names[row] = sorted({*(names[row] or ()), rule.name})
    return with_column(table, WARNINGS, names)


def _rows(table: pa.Table, numbers: set[int]) -> pa.Table:
    return table.take(pa.array(sorted(numbers), pa.int64()))


def _decided(table: pa.Table, row: int, rule: Rule, key: str, decisions: Decisions) -> str | None:
    if not decisions:
        return None
    content_hash, name = table["content_hash"][row].as_py(), table[key][row].as_py()
    return decisions.get(Breach(content_hash, name, rule.name, rule.fingerprint))


def _without(result: RuleResult, released: int) -> RuleResult:
    """The result, with the rows that people have released counted apart."""
    if not released:
        return result
    left = result.unexpected - released
    return replace(result, unexpected=left, released=released, passed=not left)


def _entries(
    table: pa.Table, features: pa.Table, reasons: Sequence[tuple[int, Rule]], stage: str, key: str
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
            "rule_fingerprint": rule.fingerprint,
            "severity": rule.severity,
            "evidence": _evidence(features, row, rule),
            "element_ids": values.get("element_ids") or [],
            "attempts": 1,
            "first_refused_at": now,
            "refused_at": now,
        }
        entries.setdefault((name, rule.name), entry)
    return list(entries.values())


def reasons_of(column: str) -> str:
    """The feature that says, in stable words, why another one is what it is."""
    return f"{column}_reasons"


def _evidence(features: pa.Table, row: int, rule: Rule) -> str:
    """The feature's number, its reasons if it has some, and what was expected of it; for strings,
    only their length."""
    value = features[rule.column][row].as_py()
    evidence = f"{rule.column}={round(value, 6) if isinstance(value, float) else value}"
    if isinstance(value, str):
        evidence = f"{rule.column} of {len(value)} characters"
    if reasons_of(rule.column) in features.column_names:
        evidence += f" ({', '.join(features[reasons_of(rule.column)][row].as_py() or ())})"
    return f"{evidence}; expected {rule.expected}" if rule.arguments else evidence
