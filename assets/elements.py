"""elements: what extraction found in the documents."""

from dataclasses import replace

import dagster as dg

from doclake.display import number_of, shown
from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.secrets import keeps_secrets
from doclake.stages import elements as stage
from doclake_dagster.assets.common.checks import WARN, Check
from doclake_dagster.assets.common.contract_checks import contract_check, contract_result
from doclake_dagster.assets.common.metadata import materialized
from doclake_dagster.assets.common.openlineage import tells_lineage
from doclake_dagster.assets.common.source import SourceAssets
from doclake_dagster.resources.extraction import Extraction
from doclake_dagster.resources.lake import LakeResource

CHECK = Check(
    "every_document_gave_elements",
    WARN,
    "Every document of the source could be read.",
    "the others are done. `doclake failures` and the metadata of each partition name those that "
    "failed, why, and what to do.",
)
DOCUMENTS = contract_check(
    "documents_meet_contract", "Every document that was read meets every rule of its contract."
)
ELEMENTS = contract_check(
    "elements_meet_contract", "Every element meets every rule of the contract."
)


def elements(source: SourceAssets) -> dg.AssetsDefinition:
    """Extract changed documents in confined workers; a failure is a row, not an exception."""
    key = source.key("elements")

    @dg.asset(
        **source.arguments("elements", "documents"),
        description=elements.__doc__,
        kinds={"delta", "pymupdf", "unstructured"},
        check_specs=[
            check.spec(key, [source.settings.owner]) for check in (CHECK, DOCUMENTS, ELEMENTS)
        ],
    )
    @keeps_secrets
    @tells_lineage(source.project, "elements", [source.name])
    def _elements(
        context: dg.AssetExecutionContext,
        lake: LakeResource,
        extraction: dg.ResourceParam[Extraction],
    ) -> dg.MaterializeResult:
        stage_context = source.context(context, lake)
        stage_context = replace(stage_context, project=extraction.of(stage_context.project))
        report = stage.run(stage_context)
        for failure in report.failures:
            context.log.warning(shown(f"{failure.path}: {failure.error}: {failure.message}"))
        failed = stage_context.lake.count_by(
            "ledger", ["source"], Scope(source.name, where={"status": [ledger.FAILED]})
        )
        number = failed.get((source.name,), 0)
        failed_ones = number_of(number, "document")
        check = CHECK.result(
            f"{failed_ones} of {source.name} failed." if number else None,
            "See `doclake failures`.",
            failed=number,
            failed_in_this_run=len(report.failures),
        )
        checks = [
            check,
            contract_result(DOCUMENTS, stage_context, report, "documents"),
            contract_result(ELEMENTS, stage_context, report, "elements"),
        ]
        return materialized(context, stage_context, report, checks)

    return _elements
