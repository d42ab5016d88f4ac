"""report: the page that a manager reads, made anew each night."""

from collections.abc import Sequence
from pathlib import Path

import dagster as dg

from doclake.govern import report_page
from doclake.lake import contract_pages
from doclake.project import Project
from doclake.secrets import keeps_secrets
from doclake_dagster.assets.common.source import SourceAssets, owners
from doclake_dagster.resources.lake import LakeResource


def report(project: Project, sources: Sequence[SourceAssets]) -> dg.AssetsDefinition:
    """One page: contents, failures, quality, drift, incidents, personal data, access, cost."""

    @dg.asset(
        key=dg.AssetKey("report"),
        deps=[dg.AssetKey("quality"), dg.AssetKey("drift")],
        group_name="observation",
        description=report.__doc__,
        kinds={"html"},
        owners=owners(sources),
    )
    @keeps_secrets
    def _report(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult:
        opened = project.at(lake.url)
        html = report_page.page(opened, list(opened.settings.sources))
        place = contract_pages.write(
            opened.lake, contract_pages.OF_ALL, "report", context.run.run_id, html
        )
        link = place if "://" in place else Path(place).absolute().as_uri()
        return dg.MaterializeResult(
            metadata={
                "page": dg.MetadataValue.path(place),
                "read": dg.MetadataValue.md(f"[The report as a page]({link})"),
                "bytes": len(html.encode()),
            }
        )

    return _report
