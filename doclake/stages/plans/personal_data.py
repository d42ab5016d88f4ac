"""elements: which documents another policy for personal data concerns."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from doclake.personal.policy import Policy
from doclake.tables.rows import strings

COLUMNS = ("personal_recipe", "personal_kinds")


def judged(before: pa.Table, policy: Policy) -> pa.Table:
    """Rows of the ledger, without the fingerprint of the extraction where a policy of today would
    have written something else: as if another recipe had made them."""
    place = before.schema.get_field_index("extract_recipe")
    field = before.schema.field("extract_recipe")
    recipe = pc.if_else(stands(before, policy), before[field.name], pa.scalar(None, field.type))
    return before.set_column(place, field, recipe)


def stands(rows: pa.Table, policy: Policy) -> pa.Array[Any]:
    """For each row whether `Policy.stands`, as bool [rows]. A source has few different ones."""
    joined = pc.binary_join(pc.fill_null(rows["personal_kinds"], []), "\n")
    recipe = pc.fill_null(rows["personal_recipe"], "")
    keys = pc.binary_join_element_wise(recipe, joined, "\t")
    keys = keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys
    encoded = keys.dictionary_encode()
    verdicts = []
    for key in strings(encoded.dictionary):
        looked_for, _, done = key.partition("\t")
        verdicts.append(policy.stands(looked_for, done.split("\n") if done else []))
    verdict: pa.Array[Any] = pc.take(pa.array(verdicts, pa.bool_()), encoded.indices)
    return verdict
