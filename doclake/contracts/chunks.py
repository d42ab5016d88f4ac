"""The contract of the table `chunks`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from doclake import ids
from doclake.contracts.model import Decisions, Rule, Verdict
from doclake.contracts.quarantine import UNDECIDED, judge, reasons_of
from doclake.contracts.rule_set import BETWEEN, SHIPPED, with_settings
from doclake.embed.text import embedding_text
from doclake.settings.contracts import RuleSettings

MAX_TOKENS = 8192
"""The most the settings allow for any recipe."""

INJECTION = "text_gives_no_orders"
INJECTION_SCORE = "injection_score"

_HEX_ID = "^[0-9a-f]{32}$"
_CONTROL = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"


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
    return with_settings(shipped, settings)


def _shipped(max_tokens: int) -> list[Rule]:
    between, matches = "ExpectColumnValuesToBeBetween", "ExpectColumnValuesToMatchRegex"
    present = "ExpectColumnValuesToNotBeNull"
    return [
        Rule("chunk_id_is_unique", "ExpectColumnValuesToBeUnique", "chunk_id"),
        Rule("chunk_id_is_well_formed", matches, "chunk_id", {"regex": _HEX_ID}),
        Rule("text_is_present", between, "text_length", {"min_value": 1}),
        Rule("text_has_no_controls", between, "controls", {"max_value": 0}, guards_form=False),
        Rule(
            "text_is_legible",
            between,
            "replaced_share",
            {"max_value": 0.05},
            guards_form=False,
        ),
        Rule("text_hash_is_right", "ExpectColumnValuesToBeInSet", "hashed", {"value_set": [True]}),
        Rule("tokens_fit", between, "tokens", {"min_value": 1, "max_value": max_tokens}),
        Rule("pages_are_positive", between, "first_page", {"min_value": 1}),
        Rule("elements_are_named", between, "elements", {"min_value": 1}),
        Rule("access_is_decided", present, "principals"),
        Rule(
            "language_is_a_code",
            matches,
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
    refused before. Great Expectations is imported on the first call with rows.
    """
    asked = chunk_rules() if rules is None else rules
    features = _features(table)
    return judge(table, features, asked, stage="chunks", key="chunk_id", decisions=decisions)


def _features(table: pa.Table) -> pa.Table:
    """What the rules look at: figures of each row, never its text."""
    text = pc.fill_null(table["text"], "")
    length = pc.utf8_length(text)
    replaced = pc.divide(
        pc.cast(pc.count_substring(text, "\ufffd"), pa.float64()), pc.max_element_wise(length, 1)
    )
    pages = table["pages"].to_pylist()
    hashed = [
        text_hash == ids.text_hash(embedding_text(context or "", shown))
        for text_hash, context, shown in zip(
            table["text_hash"].to_pylist(),
            table["context"].to_pylist(),
            text.to_pylist(),
            strict=True,
        )
    ]
    return pa.table(
        {
            "chunk_id": pc.fill_null(table["chunk_id"], ""),
            "text_length": pc.utf8_length(pc.utf8_trim_whitespace(text)),
            "controls": pc.count_substring_regex(text, _CONTROL),
            "replaced_share": replaced,
            "hashed": pa.array(hashed, pa.bool_()),
            "tokens": pc.fill_null(table["tokens"], 0),
            "first_page": pa.array([min(p) if p else None for p in pages], pa.int32()),
            "elements": pc.fill_null(pc.list_value_length(table["element_ids"]), 0),
            "principals": pc.list_value_length(table["access"]),
            "language": table["language"],
            INJECTION_SCORE: pc.fill_null(pc.struct_field(table["suspicion"], "score"), 0.0),
            reasons_of(INJECTION_SCORE): pc.struct_field(table["suspicion"], "reasons"),
        }
    )
