"""retrieval_report: how well search answers questions whose answers are known."""

from collections.abc import Sequence

import dagster as dg

from doclake import fingerprints
from doclake.evaluate.measures import JUDGED_BY
from doclake.project import Project
from doclake.secrets import keeps_secrets
from doclake.stages import retrieval_report as stage
from doclake.stages.report import StageReport
from doclake.tables.retrieval_report import RETRIEVAL_REPORT, ReportRow
from doclake_dagster.assets.common.checks import ERROR, Check
from doclake_dagster.assets.common.metadata import materialized_whole
from doclake_dagster.assets.common.openlineage import tells_lineage
from doclake_dagster.assets.common.plots import courses
from doclake_dagster.assets.common.progress import Log
from doclake_dagster.assets.common.schema import table_metadata
from doclake_dagster.assets.common.source import SourceAssets, owners
from doclake_dagster.resources.lake import LakeResource

CHECK = Check(
    "retrieval_holds",
    ERROR,
    "The questions to every source are answered no worse than at the last accepted report.",
    "answers fell by more than chance explains. Look at what changed since; `doclake evaluate "
    "--accept` takes the new answers as the measure.",
)
_SHOWN = 60  # reports in a plot


def retrieval_report(project: Project, sources: Sequence[SourceAssets]) -> dg.AssetsDefinition:
    """Ask the questions of every source and compare with the last accepted answers."""
    key = dg.AssetKey("retrieval_report")
    names = [source.name for source in sources]

    @dg.asset(
        key=key,
        deps=[dg.AssetKey("search_index")],
        group_name="search",
        description=retrieval_report.__doc__,
        kinds={"delta"},
        code_version=fingerprints.search(project.settings.search),
        owners=owners(sources),
        metadata=table_metadata(
            RETRIEVAL_REPORT.name,
            RETRIEVAL_REPORT.schema,
            project.lake.table_url(RETRIEVAL_REPORT.name),
            names,
        ),
        check_specs=[CHECK.spec(key, owners(sources))],
    )
    @keeps_secrets
    @tells_lineage(project, "retrieval_report", names)
    def _retrieval_report(
        context: dg.AssetExecutionContext, lake: LakeResource
    ) -> dg.MaterializeResult:
        opened = project.at(lake.url)
        report = stage.run(opened, progress=Log(context), run_id=context.run.run_id)
        rows = {name: stage.history(opened, name) for name in project.settings.sources}
        return materialized_whole(context, report, [_holds(report)], _shown(rows))

    return _retrieval_report


def _holds(report: StageReport) -> dg.AssetCheckResult:
    fell = [alarm for alarm in report.alarms if alarm.code == stage.FELL]
    message = " ".join(alarm.message for alarm in fell) or None
    return CHECK.result(message, fell[0].mend if fell else "", sources_that_fell=len(fell))


def _shown(rows: dict[str, list[ReportRow]]) -> dict[str, dg.MetadataValue | float]:
    """The last report of each source and language, its figures, and how it came there."""
    lines = ["| source | language | questions | measure | mean | 95 % | |", "|---" * 7 + "|"]
    metadata: dict[str, dg.MetadataValue | float] = {}
    for name, every in rows.items():
        for row in stage.latest(every):
            language = row["language"] or "all"
            about = "generated" if row["is_generated"] else ""
            lines.append(
                f"| {name} | {language} | {row['n']} | {row['measure']} | {row['mean']:.3f} "
                f"| {row['low']:.3f} to {row['high']:.3f} | {about} |"
            )
            if row["measure"] == JUDGED_BY:
                metadata[f"{name}_{language}_{JUDGED_BY}"] = round(row["mean"], 4)
    metadata["report"] = dg.MetadataValue.md("\n".join(lines))
    metadata["course"] = courses(
        {name: _course(every) for name, every in rows.items() if every}, JUDGED_BY
    )
    return metadata


def _course(rows: Sequence[ReportRow]) -> list[tuple[float, float, float]]:
    """Value, low and high of each report over all languages, oldest first."""
    whole = [row for row in rows if row["measure"] == JUDGED_BY and row["language"] is None]
    return [(row["mean"], row["low"], row["high"]) for row in whole[-_SHOWN:]]
