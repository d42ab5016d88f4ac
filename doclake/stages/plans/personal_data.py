"""elements: which documents another policy for personal data concerns."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from doclake.personal.policy import Policy
from doclake.personal.standing import stands


def judged(before: pa.Table, policy: Policy) -> pa.Table:
    """Rows of the ledger, without the fingerprint of the extraction where a policy of today would
    have written something else: as if another recipe had made them."""
    place = before.schema.get_field_index("extract_recipe")
    field = before.schema.field("extract_recipe")
    recipe = pc.if_else(stands(before, policy), before[field.name], pa.scalar(None, field.type))
    return before.set_column(place, field, recipe)
