"""drift: whether what arrives is like what arrived before."""

from collections.abc import Iterator, Sequence

import dagster as dg

from doclake.display import in_markdown
from doclake.lake.scope import Scope
from doclake.observe import drawings
from doclake.project import Project
from doclake.secrets import keeps_secrets
from doclake.stages import drift as stage
from doclake.tables.drift import DRIFT, DriftRow
from doclake.tables.rows import strings
from doclake_dagster.assets.common.checks import WARN, Check
from doclake_dagster.assets.common.metadata import document_table, materialized_whole
from doclake_dagster.assets.common.openlineage import tells_lineage
from doclake_dagster.assets.common.plots import pictures
from doclake_dagster.assets.common.progress import Log
from doclake_dagster.assets.common.schema import table_metadata
from doclake_dagster.assets.common.source import SourceAssets, owners
from doclake_dagster.resources.lake import LakeResource

CHECK = Check(
    "arrivals_are_like_before",
    WARN,
    "The documents that arrived on the last day are like those of the reference.",
    "they differ by more than chance explains. Those that moved it most stand in `moved_by`.",
)
_DAYS = 60  # of a plot


def drift(project: Project, sources: Sequence[SourceAssets]) -> dg.AssetsDefinition:
    """Compare each day's arrivals with those of before: length, language, type, vectors."""
    key = dg.AssetKey("drift")
    names = [source.name for source in sources]

    @dg.asset(
        key=key,
        deps=[dg.AssetKey("search_index")],
        group_name="observation",
        description=drift.__doc__,
        kinds={"delta"},
        owners=owners(sources),
        metadata=table_metadata(
            DRIFT.name, DRIFT.schema, project.lake.table_url(DRIFT.name), names
        ),
        check_specs=[CHECK.spec(key, owners(sources))],
    )
    @keeps_secrets
    @tells_lineage(project, DRIFT.name, names)
    def _drift(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult:
        opened = project.at(lake.url)
        report = stage.run(opened, progress=Log(context))
        rows = {name: stage.history(opened, name) for name in opened.settings.sources}
        found = [row for every in rows.values() if every for row in stage.drifted(every)]
        return materialized_whole(context, report, [_alike(found)], _shown(opened, rows, found))

    return _drift


def _alike(found: Sequence[DriftRow]) -> dg.AssetCheckResult:
    told = [f"{row['source']}, {row['aspect']} on {row['day']}: {row['verdict']}." for row in found]
    return CHECK.result(" ".join(told) or None, "Look at `moved_by`.", aspects=len(found))


def _shown(
    project: Project, rows: dict[str, list[DriftRow]], found: Sequence[DriftRow]
) -> dict[str, dg.MetadataValue]:
    metadata: dict[str, dg.MetadataValue] = {"last_day": _table(rows)}
    if found:
        metadata["moved_by"] = document_table(
            ("source", "aspect", "document"), list(_moved(project, found))
        )
    drawn = {name: svg for name, every in rows.items() if (svg := plot(every, name))}
    metadata["plots"] = pictures(drawn)
    return metadata


def plot(rows: Sequence[DriftRow], source: str) -> str | None:
    """Share of days, by aspect, on which chance would do as much; None if nothing was compared."""
    days, series = stage.by_day(rows, _DAYS)
    title = f"{source}: p-value of each day's arrivals; near 0 is drift"
    return drawings.lines(series, days, title=title) if days else None


def _table(rows: dict[str, list[DriftRow]]) -> dg.MetadataValue:
    lines = ["| source | day | aspect | arrivals | distance | p | |", "|---" * 7 + "|"]
    for name, every in rows.items():
        for row in every[-len(stage.ASPECTS) :]:
            distance = "" if row["distance"] is None else f"{row['distance']:.3f}"
            p_value = "" if row["p_value"] is None else f"{row['p_value']:.3f}"
            cells = [name, row["day"], row["aspect"], f"{row['arrivals']:,}", distance, p_value]
            lines.append(f"| {' | '.join(cells)} | {in_markdown(row['verdict'])} |")
    return dg.MetadataValue.md("\n".join(lines))


def _moved(project: Project, found: Sequence[DriftRow]) -> Iterator[tuple[str, str, str]]:
    """Source, aspect and path of the documents that are still there."""
    for row in found:
        scope = Scope(row["source"], where={"doc_id": row["moved_by"] or []})
        known = project.lake.read("ledger", scope, ["doc_id", "path"])
        paths = dict(zip(strings(known["doc_id"]), strings(known["path"]), strict=True))
        for doc_id in row["moved_by"] or ():
            if doc_id in paths:
                yield row["source"], row["aspect"], paths[doc_id]
