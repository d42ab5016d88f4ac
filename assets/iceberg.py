"""iceberg: the tables as Iceberg tables over the same files, in step after each run."""

from collections.abc import Sequence

import dagster as dg

from doclake.lake.iceberg.sync import Synced, sync
from doclake.project import Project
from doclake.secrets import keeps_secrets
from doclake.settings.export import ICEBERG
from doclake_dagster.assets.common.source import SourceAssets, owners
from doclake_dagster.assets.exports import GROUP
from doclake_dagster.resources.lake import LakeResource

KEY = dg.AssetKey([GROUP, ICEBERG])


def iceberg(
    project: Project, sources: Sequence[SourceAssets], condition: dg.AutomationCondition
) -> list[dg.AssetsDefinition]:
    """Bring the Iceberg tables in step with the lake: metadata alone, over the same files."""
    tables = project.settings.iceberg_tables
    if not tables:
        return []

    @dg.asset(
        key=KEY,
        deps=[dg.AssetKey("search_index")],  # the last to write rows in a run: to the ledger
        group_name=GROUP,
        description=iceberg.__doc__,
        kinds={"iceberg"},
        owners=owners(sources),
        automation_condition=condition,
    )
    @keeps_secrets
    def _iceberg(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult:
        done = sync(project.at(lake.url).lake, tables)
        context.log.info(f"{len(done)} Iceberg tables are in step")
        return dg.MaterializeResult(
            metadata={
                "tables": dg.MetadataValue.md(_lines(done)),
                "files_added": sum(one.added for one in done),
                "files_removed": sum(one.removed for one in done),
            }
        )

    return [_iceberg]


def _lines(done: Sequence[Synced]) -> str:
    lines = ["| table | commit of Delta | files | added | removed |", "|---|---|---|---|---|"]
    lines += [
        f"| {one.table} | {one.version} | {one.files:,} | {one.added:,} | {one.removed:,} |"
        for one in done
    ]
    return "\n".join(lines)
