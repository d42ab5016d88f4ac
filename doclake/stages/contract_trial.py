"""The contract of a table tried on the rows of a source that stand; writes nothing."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from doclake.contracts import (
    Trial,
    trial,
    validate_embeddings,
    vector_rules,
)
from doclake.settings import ContractSettings
from doclake.stages import embeddings, standing_chunks, standing_extraction
from doclake.stages.context import StageContext
from doclake.stages.extraction_contract import ExtractionRules


def tried(context: StageContext, table: str, contracts: ContractSettings) -> Trial:
    """What these contracts say of the rows of a table."""
    if table in ("documents", "elements"):
        rules = ExtractionRules.of(contracts)
        return standing_extraction.tried(context, table, rules)
    if table == "chunks":
        return standing_chunks.tried(context, standing_chunks.rules_of(context, contracts))
    return trial(
        table,
        embeddings.standing(context),
        lambda rows, _: validate_embeddings(
            rows, vector_rules(_dimension(rows), contracts.embeddings)
        ),
    )


def _dimension(vectors: pa.Table) -> int:
    """The length that most have: no model need be loaded to judge what stands."""
    return int(pc.mode(pc.list_value_length(vectors["vector"]))[0]["mode"].as_py())
