"""A stage's report as people read it in the Dagster UI."""

from collections.abc import Sequence

import dagster as dg

from doclake.display import in_markdown
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.stages.report import Failure, StageReport

SHOWN_FAILURES = 100


def materialized(
    context: dg.AssetExecutionContext,
    lake: Lake,
    table: str | None,
    source: str | None,
    report: StageReport,
    checks: Sequence[dg.AssetCheckResult] = (),
) -> dg.MaterializeResult:
    """Row count read back from the table, the figures of the run, and what failed."""
    counts = {name: round(value, 3) for name, value in sorted(report.counts.items())}
    context.log.info(
        f"{report.stage}: {report.documents:,} documents done, {report.unchanged:,} unchanged, "
        f"{report.rows:,} rows written in {report.seconds:.1f} s"
    )
    metadata: dict[str, dg.MetadataValue | int | float | str] = {
        "documents_done": report.documents,
        "documents_unchanged": report.unchanged,
        "rows_written": report.rows,
        "seconds": round(report.seconds, 3),
        **counts,
    }
    if table is not None and source is not None:
        by_source = lake.count_by(table, ["source"], Scope(source))
        metadata["dagster/row_count"] = by_source.get((source,), 0)
    elif "index_rows" in counts:
        metadata["dagster/row_count"] = int(counts.pop("index_rows"))
    if report.failures:
        metadata["failures"] = failure_table(report.failures)
    if report.alarms:
        text = "\n".join(
            f"- **{a.code}**: {in_markdown(a.message)} {a.mend}" for a in report.alarms
        )
        metadata["alarms"] = dg.MetadataValue.md(text)
    return dg.MaterializeResult(metadata=metadata, check_results=list(checks))


def failure_table(failures: Sequence[Failure]) -> dg.MetadataValue:
    """What failed, why, and what to do."""
    rows = [(f.path, f.stage, f.error, f.message, f.mend, str(f.attempts)) for f in failures]
    return document_table(("document", "stage", "error", "why", "what to do", "attempts"), rows)


def document_table(
    headings: Sequence[str], rows: Sequence[Sequence[str | None]]
) -> dg.MetadataValue:
    """A table of documents, cut off after `SHOWN_FAILURES`."""
    lines = [f"| {' | '.join(headings)} |", "|---" * len(headings) + "|"]
    for cells in rows[:SHOWN_FAILURES]:
        lines.append("| " + " | ".join(in_markdown(cell or "") for cell in cells) + " |")
    if len(rows) > SHOWN_FAILURES:
        lines.append(f"\n… and {len(rows) - SHOWN_FAILURES:,} more: `doclake failures`")
    return dg.MetadataValue.md("\n".join(lines))


def contract_check(name: str, report: StageReport) -> dg.AssetCheckResult:
    """How many rows each rule of the contract checked and refused. It only warns: refused rows were
    not written, so the table meets the contract."""
    refused = {rule: bad for rule, (_, bad) in report.rules.items() if bad}
    lines = ["| rule | checked | refused |", "|---|---|---|"]
    lines += [f"| {rule} | {seen:,} | {bad:,} |" for rule, (seen, bad) in report.rules.items()]
    return dg.AssetCheckResult(
        check_name=name,
        passed=not refused,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "refused": sum(refused.values()),
            "rules": dg.MetadataValue.md("\n".join(lines) if report.rules else "Nothing to check."),
        },
    )
