"""upgrades: which steps have brought this lake from older versions up to date."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import pyarrow as pa

from doclake.tables.columns import TIMESTAMP, field
from doclake.tables.table import Table

_SCHEMA = pa.schema(
    [
        field("step", pa.string(), "Name of the step, see doclake/lake/upgrades", nullable=False),
        field("applied_at", TIMESTAMP, "When this lake took it, or was made with it"),
    ]
)


class Upgrade(TypedDict):
    """A step that a lake has taken."""

    step: str
    applied_at: datetime | None


UPGRADES = Table(
    "upgrades",
    "A step that brought the lake up to date",
    _SCHEMA,
    Upgrade,
    key=("step",),
    found_by="step",
)
