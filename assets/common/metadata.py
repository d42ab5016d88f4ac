"""What a stage did, and what its partitions hold, as people read it in the Dagster UI."""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from doclake.display import in_markdown
from doclake.health.bucket_figures import BucketFigures, of_table
from doclake.lake.scope import Scope
from doclake.stages.context import StageContext
from doclake.stages.report import StageReport
from doclake.tables.ledger import LedgerRow
from doclake_dagster.assets.common.plots import histogram

Metadata = Mapping[str, Any]
NOTHING: Metadata = {}
SHOWN_FAILURES = 100
RUN = "run"
"""Under this name stand the figures of a run over several partitions."""


def materialized(
    context: dg.AssetExecutionContext,
    stage: StageContext,
    report: StageReport,
    checks: Sequence[dg.AssetCheckResult] = (),
    of_buckets: Mapping[str, Metadata] = NOTHING,
    more: Metadata = NOTHING,
) -> dg.MaterializeResult:
    """Of a table in partitions. Each partition gets the figures of its own bucket, and what
    `of_buckets` adds to them. Those of the run stand apart, under one name that no plot takes for
    a figure of the partition, beside `more` about it."""
    _log(context, report)
    table, source = report.stage, stage.source
    in_all = stage.lake.count_by(table, ["source"], Scope(source)).get((source,), 0)
    for bucket, figures in of_table(stage.lake, table, source, stage.buckets).items():
        added = of_buckets.get(bucket, NOTHING)
        context.add_asset_metadata(
            {**_of_bucket(stage, bucket, figures), **added}, partition_key=bucket
        )
    metadata = {
        "dagster/row_count": in_all,
        RUN: dg.MetadataValue.json({"buckets": len(stage.buckets), **_of_run(report)}),
        **_alarms(report),
        **more,
    }
    return dg.MaterializeResult(metadata=metadata, check_results=list(checks))


def materialized_whole(
    context: dg.AssetExecutionContext,
    report: StageReport,
    checks: Sequence[dg.AssetCheckResult] = (),
    more: Metadata = NOTHING,
) -> dg.MaterializeResult:
    """Of a table without partitions: the figures of the run are figures of the table."""
    _log(context, report)
    figures = _of_run(report)
    rows = {"dagster/row_count": int(figures.pop("index_rows"))} if "index_rows" in figures else {}
    metadata = {**figures, **rows, **_alarms(report), **more}
    return dg.MaterializeResult(metadata=metadata, check_results=list(checks))


def _log(context: dg.AssetExecutionContext, report: StageReport) -> None:
    context.log.info(
        f"{report.stage}: {report.documents:,} documents done, {report.unchanged:,} unchanged, "
        f"{report.rows:,} rows written in {report.seconds:.1f} s"
    )


def _of_run(report: StageReport) -> dict[str, int | float]:
    return {
        "documents_done": report.documents,
        "documents_unchanged": report.unchanged,
        "rows_written": report.rows,
        "seconds": round(report.seconds, 3),
        "memory_mb": report.memory_bytes >> 20,
        **{name: round(value, 3) for name, value in sorted(report.counts.items())},
    }


def _alarms(report: StageReport) -> Metadata:
    if not report.alarms:
        return {}
    lines = [f"- **{a.code}**: {in_markdown(a.message)} {a.mend}" for a in report.alarms]
    return {"alarms": dg.MetadataValue.md("\n".join(lines))}


def _of_bucket(stage: StageContext, bucket: str, figures: BucketFigures) -> Metadata:
    metadata: dict[str, Any] = {
        "dagster/partition_row_count": figures.rows,
        "documents": figures.documents,
        **figures.more,
    }
    if figures.first:
        metadata["first_documents"] = _first(stage.source, bucket, figures)
    if len(figures.lengths):
        limit = stage.source_settings.recipe.chunk.max_tokens
        metadata["chunk_length"] = histogram(figures.lengths, "tokens of a chunk", limit)
    if figures.failed:
        metadata["failures"] = failure_table(figures.failed)
    return metadata


def _first(source: str, bucket: str, figures: BucketFigures) -> dg.MetadataValue:
    lines = [f"- {in_markdown(path)}" for path in figures.first]
    left = figures.documents - len(figures.first)
    if left:
        lines.append(f"\n… and {left:,} more: `doclake where --source {source} --bucket {bucket}`")
    return dg.MetadataValue.md("\n".join(lines))


def failure_table(rows: Sequence[LedgerRow]) -> dg.MetadataValue:
    """Which documents failed, why, and what to do."""
    cells = [
        [str(row[name] or "") for name in ("path", "stage", "error", "message", "mend", "attempts")]
        for row in rows
    ]
    headings = ("document", "stage", "error", "why", "what to do", "attempts")
    return document_table(headings, cells)


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
