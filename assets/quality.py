"""quality: how good the documents of each source were, day by day."""

from collections.abc import Sequence
from functools import partial

import dagster as dg

from doclake.observe import drawings
from doclake.observe.bounds import Breach
from doclake.operate import quality_bounds
from doclake.project import Project
from doclake.secrets import keeps_secrets
from doclake.stages import quality as stage
from doclake.tables.quality import QUALITY, QualityRow, value_of
from doclake_dagster.assets.common.checks import WARN, Check
from doclake_dagster.assets.common.metadata import materialized_whole
from doclake_dagster.assets.common.openlineage import tells_lineage
from doclake_dagster.assets.common.plots import pictures
from doclake_dagster.assets.common.progress import Log
from doclake_dagster.assets.common.schema import table_metadata
from doclake_dagster.assets.common.source import SourceAssets, owners
from doclake_dagster.resources.lake import LakeResource

CHECK = Check(
    "figures_are_within_bounds",
    WARN,
    "The figures of today keep within `quality` of their source.",
    "some do not. Each has an incident of its own, which says what to do.",
)
_DAYS = 60  # of a plot
_SHARES = ("completeness", "error_rate", "quarantine_rate", "freshness_met", "duplicate_rate")


def quality(project: Project, sources: Sequence[SourceAssets]) -> dg.AssetsDefinition:
    """Judge today and the days that were missed: completeness, errors, freshness, downtime."""
    key = dg.AssetKey("quality")
    names = [source.name for source in sources]

    @dg.asset(
        key=key,
        deps=[dg.AssetKey("search_index")],
        group_name="observation",
        description=quality.__doc__,
        kinds={"delta"},
        owners=owners(sources),
        metadata=table_metadata(
            QUALITY.name, QUALITY.schema, project.lake.table_url(QUALITY.name), names
        ),
        check_specs=[CHECK.spec(key, owners(sources))],
    )
    @keeps_secrets
    @tells_lineage(project, QUALITY.name, names)
    def _quality(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult:
        opened = project.at(lake.url)
        report, found = quality_bounds.quality_of(
            opened, run_id=context.run.run_id, progress=Log(context)
        )
        rows = {name: stage.history(opened, name)[-_DAYS:] for name in opened.settings.sources}
        return materialized_whole(context, report, [_within(found)], _shown(rows))

    return _quality


def _within(found: dict[str, list[Breach]]) -> dg.AssetCheckResult:
    told = [f"{name}: {one.message}" for name, beyond in found.items() for one in beyond]
    return CHECK.result(" ".join(told) or None, "`doclake incidents`", figures_beyond=len(told))


def _shown(rows: dict[str, list[QualityRow]]) -> dict[str, dg.MetadataValue | float]:
    """The figures of the last day as a table and as numbers, and a plot for each measure."""
    metadata: dict[str, dg.MetadataValue | float] = {"today": _table(rows)}
    for name, every in rows.items():
        for measure in _SHARES:
            if every and (value := value_of(every[-1], measure)) is not None:
                metadata[f"{name}_{measure}"] = round(value, 4)
    drawings_of: dict[str, str] = {}
    for measure in (*_SHARES, "ocr_confidence"):
        days, drawn = stage.by_day(rows, _DAYS, partial(value_of, measure=measure))
        if drawn:
            label = measure.replace("_", " ")
            drawings_of[label] = drawings.lines(drawn, days, title=label)
    metadata["plots"] = pictures(drawings_of)
    return metadata


def _table(rows: dict[str, list[QualityRow]]) -> dg.MetadataValue:
    headings = ["source", "documents", *(m.replace("_", " ") for m in _SHARES), "downtime"]
    lines = [f"| {' | '.join(headings)} |", "|---" * len(headings) + "|"]
    for name, every in rows.items():
        for row in every[-1:]:
            shares = [_share(value_of(row, m)) for m in _SHARES]
            cells = [name, f"{row['documents'] or 0:,}", *shares, f"{row['downtime'] / 60:.0f} min"]
            lines.append(f"| {' | '.join(cells)} |")
    return dg.MetadataValue.md("\n".join(lines))


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"
