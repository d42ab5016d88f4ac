"""What a stage knows of rows that were refused before: for how long, and what people decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pyarrow as pa

from doclake.contracts import Breach, Decisions, RuleResult
from doclake.errors import ContractError
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.tables.decisions import DECISIONS
from doclake.tables.quarantine import QUARANTINE


def stopped(source: str, reasons: Sequence[str]) -> ContractError:
    """That rules of severity `stop` kept rows of a source from being written."""
    return ContractError(
        f"Nothing of some buckets of {source} was written: {'; '.join(reasons)}.",
        mend="See what the source holds now; `doclake contract check` tries other rules.",
    )


def told(rule: RuleResult, rows: str) -> str:
    """By how many of these rows a rule is broken."""
    return f"{rule.unexpected:,} of {rule.checked:,} {rows} break {rule.name}"


def with_history(lake: Lake, scope: Scope, refused: pa.Table) -> pa.Table:
    """The refusals, each with its earlier attempts and its first refusal, by the rows of the
    quarantine that it takes the place of. `scope` holds those."""
    if not refused.num_rows:
        return refused
    columns = ["doc_id", "key", "rule", "attempts", "first_refused_at", "refused_at"]
    before = {
        (row["doc_id"], row["key"], row["rule"]): row
        for row in QUARANTINE.rows(lake.read("quarantine", scope, columns))
    }
    rows = []
    for row in QUARANTINE.rows(refused):
        earlier = before.get((row["doc_id"], row["key"], row["rule"]))
        if earlier is not None:
            row["attempts"] = (earlier["attempts"] or 0) + 1
            row["first_refused_at"] = earlier["first_refused_at"] or earlier["refused_at"]
        rows.append(row)
    return QUARANTINE.arrow(rows)


def decisions(lake: Lake, scope: Scope, stage: str) -> Decisions:
    """What people decided about rows of these trees."""
    columns = ["content_hash", "key", "rule", "rule_fingerprint", "decision"]
    rows = DECISIONS.rows(lake.read("decisions", of(scope, stage), columns))
    return {
        Breach(row["content_hash"], row["key"], row["rule"], row["rule_fingerprint"]): row[
            "decision"
        ]
        for row in rows
    }


def forget_outdated(
    lake: Lake, scope: Scope, stage: str, versions: Mapping[str, str], rules: Collection[str]
) -> None:
    """Drop the decisions about other bytes than a document has now, or about other rules.

    `versions` are the content hashes of the documents that were judged, by doc_id, and `rules` the
    fingerprints of the rules by which they were.
    """
    rows = DECISIONS.rows(lake.read("decisions", of(scope, stage)))
    kept = [
        row
        for row in rows
        if versions.get(row["doc_id"], row["content_hash"]) == row["content_hash"]
        and (row["doc_id"] not in versions or row["rule_fingerprint"] in rules)
    ]
    if len(kept) < len(rows):
        lake.replace("decisions", of(scope, stage), DECISIONS.arrow(kept))


def of(scope: Scope, stage: str) -> Scope:
    """The refusals and decisions of a stage in these trees."""
    return Scope(scope.source, scope.buckets, {**scope.where, "stage": [stage]})
