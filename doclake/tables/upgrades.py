"""upgrades: which steps have brought this lake from older versions up to date."""

from __future__ import annotations

import pyarrow as pa

from doclake.tables.columns import TIMESTAMP, field
from doclake.tables.table import Table

_SCHEMA = pa.schema(
    [
        field("step", pa.string(), "Name of the step, see doclake/lake/upgrades", nullable=False),
        field("applied_at", TIMESTAMP, "When this lake took it, or was made with it"),
    ]
)

UPGRADES = Table("upgrades", _SCHEMA, key=("step",), found_by="step")
