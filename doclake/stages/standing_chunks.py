"""Chunks that stand, and the rules of their contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from doclake.chunk.suspicion import with_suspicion
from doclake.contracts import (
    INJECTION_SCORE,
    Decisions,
    Rule,
    Trial,
    chunk_rules,
    trial,
    validate_chunks,
)
from doclake.lake.scope import Scope
from doclake.settings import ContractSettings
from doclake.stages import refusals
from doclake.stages.context import StageContext

STAGE = "chunks"


def rules_of(context: StageContext, contracts: ContractSettings | None = None) -> list[Rule]:
    """The contract of the chunks of a source, or what it were with other `contracts`."""
    recipe = context.source_settings.recipe
    asked = (contracts or context.source_settings.contracts).chunks
    return chunk_rules(recipe.chunk.max_tokens, asked, recipe.injection.quarantines_above)


def standing(
    context: StageContext, rules: Sequence[Rule] = ()
) -> Iterator[tuple[pa.Table, Decisions]]:
    """The chunks that stand, bucket by bucket, with what people decided about rows there. Nobody
    may have looked for what the `rules` ask."""
    asks = any(rule.column == INJECTION_SCORE for rule in rules)
    for bucket in context.buckets:
        scope = Scope(context.source, [bucket])
        decisions = refusals.decisions(context.lake, scope, STAGE)
        rows = context.lake.read("chunks", scope)
        yield with_suspicion(rows) if asks else rows, decisions


def tried(context: StageContext, rules: Sequence[Rule]) -> Trial:
    """What the rules say of the chunks that stand."""
    parts = standing(context, rules)
    return trial(STAGE, parts, lambda rows, decided: validate_chunks(rows, rules, decided))
