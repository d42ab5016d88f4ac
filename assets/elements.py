"""elements: what extraction found in the documents."""

import dagster as dg

from assets.result import materialized
from assets.source import SourceAssets
from doclake import recipe
from doclake.stages import elements as stage
from resources.lake import LakeResource

CHECK = "every_document_gave_elements"


def elements(source: SourceAssets) -> dg.AssetsDefinition:
    """Extract changed documents, each in a guarded child; a failure is a row, not an exception."""
    settings = source.settings.sources[source.name]
    key = source.key("elements")

    @dg.asset(
        **source.arguments("elements", "documents", recipe.extract(settings.recipe)),
        description=elements.__doc__,
        kinds={"delta", "pymupdf", "unstructured"},
        check_specs=[dg.AssetCheckSpec(CHECK, asset=key)],
    )
    def _elements(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult:
        report = stage.run(source.context(context, lake.lake()))
        for failure in report.failures:
            context.log.warning(f"{failure.path}: {failure.error}: {failure.message}")
        check = dg.AssetCheckResult(
            check_name=CHECK,
            passed=not report.failures,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"failed": len(report.failures)},
        )
        return materialized(context, lake.lake(), "elements", source.name, report, [check])

    return _elements
