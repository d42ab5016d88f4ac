"""What the rules of a contract look at, measured for those features alone that a rule names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from doclake.contracts.model import Rule
from doclake.contracts.quarantine import reasons_of

Measure = Callable[[pa.Table], Any]
"""From the rows of a table to one value for each."""


def measured(table: pa.Table, rules: Sequence[Rule], measures: Mapping[str, Measure]) -> pa.Table:
    """A column for each feature that a rule names, and for its reasons if it has some; row i
    describes row i of `table`."""
    named = dict.fromkeys(rule.column for rule in rules)
    wanted = [*named, *(reasons_of(name) for name in named if reasons_of(name) in measures)]
    return pa.table({name: measures[name](table) for name in wanted})


def of_column(name: str) -> Measure:
    """The value of a column, as it stands."""
    return lambda table: table[name]
