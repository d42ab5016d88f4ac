"""elements: what extraction found in the documents."""

import dagster as dg

from doclake.display import shown
from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.secrets import keeps_secrets
from doclake.stages import elements as stage
from doclake_dagster.assets.common.metadata import materialized
from doclake_dagster.assets.common.source import SourceAssets
from doclake_dagster.resources.lake import LakeResource

CHECK = "every_document_gave_elements"
_ABOUT = "No document of the source is marked as failed in the ledger."


def elements(source: SourceAssets) -> dg.AssetsDefinition:
    """Extract changed documents in confined workers; a failure is a row, not an exception."""
    key = source.key("elements")

    @dg.asset(
        **source.arguments("elements", "documents"),
        description=elements.__doc__,
        kinds={"delta", "pymupdf", "unstructured"},
        check_specs=[dg.AssetCheckSpec(CHECK, asset=key, description=_ABOUT)],
    )
    @keeps_secrets
    def _elements(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult:
        stage_context = source.context(context, lake)
        report = stage.run(stage_context)
        for failure in report.failures:
            context.log.warning(shown(f"{failure.path}: {failure.error}: {failure.message}"))
        failed = stage_context.lake.count_by(
            "ledger", ["source"], Scope(source.name, where={"status": [ledger.FAILED]})
        )
        number = failed.get((source.name,), 0)
        check = dg.AssetCheckResult(
            check_name=CHECK,
            passed=number == 0,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"failed": number, "of_them_in_this_run": len(report.failures)},
        )
        return materialized(context, stage_context.lake, "elements", source.name, report, [check])

    return _elements
