"""The contract of documents: of what was listed and read, each a row of the ledger, beside its size
in the registry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from doclake.contracts.features import Measure, measured, of_column
from doclake.contracts.model import Decisions, Rule, Verdict
from doclake.contracts.quarantine import UNDECIDED, judge
from doclake.contracts.rule_set import MATCHES, SHIPPED, warning, with_settings
from doclake.contracts.text_features import CONTROL, share
from doclake.settings.contracts import RuleSettings
from doclake.tables.columns import BUCKET, CONTENT, DOC_ID, PATH, ROOT_ID, SOURCE, field

_INTEGER = pa.int64()
JUDGED = pa.schema(
    [
        *(SOURCE, BUCKET, ROOT_ID, DOC_ID, PATH, CONTENT),
        field("recipe", pa.string(), "Fingerprint of the extraction"),
        field("media_type", pa.string(), "Kind of document"),
        field("size", _INTEGER, "Bytes, as listed; null for what is inside another"),
        field("pages", _INTEGER, "Pages in it"),
        field("pages_with_text", _INTEGER, "Pages that hold text"),
        field("pages_with_elements", _INTEGER, "Pages that gave elements"),
        field("letters", _INTEGER, "Letters and digits seen in the bytes"),
        field("elements", _INTEGER, "Elements found"),
        field("element_letters", _INTEGER, "Letters and digits read"),
        field("warnings", pa.list_(pa.string()), "Rules it breaks that only warn"),
    ]
)
"""What the contract looks at of each document that could be read."""


def document_rules(settings: Mapping[str, RuleSettings] = SHIPPED) -> list[Rule]:
    """What must be true of every document before its elements are written."""
    return with_settings("documents", _shipped(), settings)


def _shipped() -> list[Rule]:
    return [
        Rule("media_type_is_named", MATCHES, "media_type", {"regex": "^[^/ ]+/[^/ ]+$"}),
        warning("path_has_no_controls", "path_controls", {"max_value": 0}),
        warning("pages_were_read", "read_page_share", {"min_value": 1.0}),
        warning("text_was_read", "read_share", {"min_value": 0.5}),
    ]


def validate_documents(
    table: pa.Table, rules: Sequence[Rule], decisions: Decisions = UNDECIDED
) -> Verdict:
    """Which rows of `JUDGED` may go on, and why the others may not."""
    features = measured(table, rules, _MEASURES)
    return judge(table, features, rules, stage="documents", key="doc_id", decisions=decisions)


_MEASURES: Mapping[str, Measure] = {
    "size": of_column("size"),
    "path": of_column("path"),
    "path_length": lambda table: pc.utf8_length(table["path"]),
    "path_controls": lambda table: pc.count_substring_regex(table["path"], CONTROL),
    "media_type": of_column("media_type"),
    "pages": of_column("pages"),
    "text_page_share": lambda table: share(table["pages_with_text"], table["pages"]),
    "read_page_share": lambda table: share(table["pages_with_elements"], table["pages_with_text"]),
    "elements": of_column("elements"),
    "letters": of_column("letters"),
    "read_letters": of_column("element_letters"),
    "read_share": lambda table: share(table["element_letters"], table["letters"]),
}
