"""The contract of the table `chunks`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from doclake import ids
from doclake.contracts.features import Measure, measured, of_column
from doclake.contracts.model import Decisions, Rule, Verdict
from doclake.contracts.quarantine import UNDECIDED, judge, reasons_of
from doclake.contracts.rule_set import (
    BETWEEN,
    HEX_ID,
    IN_SET,
    MATCHES,
    PRESENT,
    SHIPPED,
    UNIQUE,
    with_settings,
)
from doclake.contracts.text_features import TEXT_FEATURES
from doclake.embed.text import embedding_text
from doclake.settings.contract_rules import INJECTION
from doclake.settings.contracts import RuleSettings

MAX_TOKENS = 8192
"""The most the settings allow for any recipe."""

INJECTION_SCORE = "injection_score"


def chunk_rules(
    max_tokens: int = MAX_TOKENS,
    settings: Mapping[str, RuleSettings] = SHIPPED,
    suspicious_above: float | None = None,
) -> list[Rule]:
    """What must be true of every chunk before it is written. `max_tokens` is the recipe's; chunks
    are refused that are `suspicious_above` a score, if one is given."""
    shipped = _shipped(max_tokens)
    if suspicious_above is not None:
        limit = {"max_value": suspicious_above}
        shipped.append(Rule(INJECTION, BETWEEN, INJECTION_SCORE, limit, guards_form=False))
    return with_settings("chunks", shipped, settings)


def _shipped(max_tokens: int) -> list[Rule]:
    return [
        Rule("chunk_id_is_unique", UNIQUE, "chunk_id"),
        Rule("chunk_id_is_well_formed", MATCHES, "chunk_id", {"regex": HEX_ID}),
        Rule("text_is_present", BETWEEN, "text_length", {"min_value": 1}),
        Rule("text_has_no_controls", BETWEEN, "controls", {"max_value": 0}, guards_form=False),
        Rule(
            "text_is_legible",
            BETWEEN,
            "replaced_share",
            {"max_value": 0.05},
            guards_form=False,
        ),
        Rule("text_hash_is_right", IN_SET, "hashed", {"value_set": [True]}),
        Rule("tokens_fit", BETWEEN, "tokens", {"min_value": 1, "max_value": max_tokens}),
        Rule("pages_are_positive", BETWEEN, "first_page", {"min_value": 1}),
        Rule("elements_are_named", BETWEEN, "elements", {"min_value": 1}),
        Rule("access_is_decided", PRESENT, "principals"),
        Rule(
            "language_is_a_code",
            MATCHES,
            "language",
            {"regex": "^[a-z]{2,3}$"},
            severity="warn",
            guards_form=False,
        ),
    ]


def validate_chunks(
    table: pa.Table, rules: Sequence[Rule] | None = None, decisions: Decisions = UNDECIDED
) -> Verdict:
    """Which rows of `CHUNKS` may be written, and why the others may not.

    Without `rules`, by those that are shipped. `decisions` are those of people about rows that were
    refused before. Great Expectations is imported on the first call with many rows.
    """
    asked = chunk_rules() if rules is None else rules
    features = measured(table, asked, _MEASURES)
    return judge(table, features, asked, stage="chunks", key="chunk_id", decisions=decisions)


def _hashed(table: pa.Table) -> Any:
    columns = (table[name].to_pylist() for name in ("text_hash", "context", "text"))
    return pa.array(
        [
            text_hash == ids.text_hash(embedding_text(context or "", text or ""))
            for text_hash, context, text in zip(*columns, strict=True)
        ],
        pa.bool_(),
    )


def _first_page(table: pa.Table) -> Any:
    pages = table["pages"].to_pylist()
    return pa.array([min(p) if p else None for p in pages], pa.int32())


_MEASURES: Mapping[str, Measure] = {
    **TEXT_FEATURES,
    "chunk_id": lambda table: pc.fill_null(table["chunk_id"], ""),
    "hashed": _hashed,
    "tokens": lambda table: pc.fill_null(table["tokens"], 0),
    "first_page": _first_page,
    "elements": lambda table: pc.fill_null(pc.list_value_length(table["element_ids"]), 0),
    "principals": lambda table: pc.list_value_length(table["access"]),
    "language": of_column("language"),
    "media_type": of_column("media_type"),
    INJECTION_SCORE: lambda table: pc.fill_null(pc.struct_field(table["suspicion"], "score"), 0.0),
    reasons_of(INJECTION_SCORE): lambda table: pc.struct_field(table["suspicion"], "reasons"),
}
