"""Which documents another policy concerns, told from the ledger without a Python row for each."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from doclake.personal.policy import Policy
from doclake.tables.rows import strings

COLUMNS = ("personal_recipe", "personal_kinds")


def stands(rows: pa.Table, policy: Policy) -> pa.Array[Any]:
    """For each row of the ledger whether `Policy.stands`, as bool [rows]. A source has few
    different ones."""
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
