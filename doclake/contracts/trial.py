"""Tries a contract on rows that stand, and writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pyarrow as pa

from doclake.contracts.model import Decisions, Verdict
from doclake.contracts.tally import Tallies, add
from doclake.errors import ContractError

MOST = 0.5
"""A contract that refuses a larger share of the rows that stand is taken for a mistake."""
_ROWS = {"embeddings": "vectors"}


@dataclass
class Trial:
    """What a contract says of the rows of a table that stand: of `rows` it would refuse
    `refused`."""

    table: str
    rules: Tallies = field(default_factory=dict)
    rows: int = 0
    refused: int = 0

    @property
    def named(self) -> str:
        """What its rows are called."""
        return _ROWS.get(self.table, self.table)

    def require_reason(self, source: str) -> None:
        """Raises `ContractError` if the contract would refuse more than `MOST` of the rows."""
        if self.refused <= MOST * self.rows:
            return
        refusing = [tally for tally in self.rules.values() if tally.severity != "warn"]
        worst = max(refusing, key=lambda tally: tally.broken)
        key = f"contracts.{self.table}.{worst.rule}"
        raise ContractError(
            f"The contract would refuse {self.refused:,} of the {self.rows:,} {self.named} of "
            f"{source} that stand, {worst.broken:,} of them by {worst.rule}. Nothing was written.",
            mend=f"Relax {key}; `doclake contract check --source {source} --table {self.table}` "
            "shows rows that break it.",
            rule=worst.rule,
            key=key,
        )


def trial(
    table: str,
    parts: Iterable[tuple[pa.Table, Decisions]],
    validate: Callable[[pa.Table, Decisions], Verdict],
) -> Trial:
    """Judge rows of a table, each part with what people decided about its rows: those of a bucket
    together, since ids are compared."""
    tried = Trial(table)
    for part, decisions in parts:
        verdict = validate(part, decisions)
        add(tried.rules, verdict)
        tried.rows += part.num_rows
        tried.refused += part.num_rows - verdict.accepted.num_rows
    return tried
