"""exports: the data sets that doclake.yaml asks for, an asset each."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from doclake import ids
from doclake.export import manifest, plan, run
from doclake.export.manifest import Manifest
from doclake.project import Project
from doclake.secrets import keeps_secrets
from doclake.settings import ExportSettings
from doclake_dagster.assets.common.progress import Log
from doclake_dagster.assets.common.source import SourceAssets
from doclake_dagster.resources.lake import LakeResource

GROUP = "exports"
_READ = ("chunks", "signals")


def key_of(name: str) -> dg.AssetKey:
    return dg.AssetKey([GROUP, name])


def exports(project: Project, sources: Sequence[SourceAssets]) -> list[dg.AssetsDefinition]:
    """Those of the settings."""
    return [
        _export(project, name, request, sources)
        for name, request in project.settings.exports.items()
    ]


def _export(
    project: Project, name: str, request: ExportSettings, sources: Sequence[SourceAssets]
) -> dg.AssetsDefinition:
    """Make a data set of the rows of the lake as it stands, in a folder for each version of it."""
    above = [source for source in sources if source.name in (request.sources or [source.name])]

    @dg.asset(
        key=key_of(name),
        deps=[source.key(table) for source in above for table in _READ],
        group_name=GROUP,
        description=_export.__doc__,
        kinds={request.to},
        owners=[request.owner],
        code_version=ids.digest("export", request.model_dump_json(), size=8),
        tags={"doclake/export": name},
    )
    @keeps_secrets
    def _made(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult:
        opened = project.at(lake.url)
        folder = opened.settings.local_path(request.output)
        assert folder is not None  # the settings take no URL
        export = plan.planned(opened, request)
        target = folder / name / export.draft.export_id
        if (target / manifest.NAME).is_file():
            context.log.info(f"{target} is there already: nothing that it was made of has changed.")
            return dg.MaterializeResult(metadata=_metadata(manifest.read(target), target))
        return dg.MaterializeResult(
            metadata=_metadata(run.write(export, target, progress=Log(context)), target)
        )

    return _made


def _metadata(made: Manifest, target: Path) -> dict[str, Any]:
    lines = ["| source | rows | tokens | left out |", "|---|---|---|---|"]
    for source, one in made.sources.items():
        figures = f"{one['rows']:,} | {one['tokens']:,}"
        lines.append(f"| {source} | {figures} | {made.left_out_of(source)} |")
    return {
        "dagster/row_count": made.rows,
        "dagster/uri": target.as_uri(),
        "export_id": made.export_id,
        "folder": dg.MetadataValue.path(str(target)),
        "sources": dg.MetadataValue.md("\n".join(lines)),
        "splits": dg.MetadataValue.json(dict(made.splits)),
    }
