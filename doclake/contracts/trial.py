"""Tries a contract on rows that stand, and writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from doclake.contracts.chunks import validate_chunks
from doclake.contracts.model import Decisions, Rule
from doclake.contracts.tally import Tally, add
from doclake.errors import ContractError

MOST = 0.5
"""A contract that refuses a larger share of the rows that stand is taken for a mistake."""


@dataclass
class Trial:
    """What a contract says of the chunks that stand: of `rows` it would refuse `refused`."""

    rules: dict[str, Tally] = field(default_factory=dict)
    rows: int = 0
    refused: int = 0

    def require_reason(self, source: str) -> None:
        """Raises `ContractError` if the contract would refuse more than `MOST` of the rows."""
        if self.refused <= MOST * self.rows:
            return
        refusing = [tally for tally in self.rules.values() if tally.severity != "warn"]
        worst = max(refusing, key=lambda tally: tally.broken)
        raise ContractError(
            f"The contract would refuse {self.refused:,} of the {self.rows:,} chunks of {source} "
            f"that stand, {worst.broken:,} of them by {worst.rule}. Nothing was written.",
            mend=f"Relax contracts.chunks.{worst.rule}; `doclake contract check --source {source}` "
            "shows rows that break it.",
            rule=worst.rule,
            key=f"contracts.chunks.{worst.rule}",
        )


def trial(parts: Iterable[tuple[pa.Table, Decisions]], rules: Sequence[Rule]) -> Trial:
    """Judge chunks, each part with what people decided about its rows: those of a bucket together,
    since ids are compared."""
    tried = Trial()
    for part, decisions in parts:
        verdict = validate_chunks(part, rules, decisions)
        add(tried.rules, verdict)
        tried.rows += part.num_rows
        tried.refused += part.num_rows - verdict.accepted.num_rows
    return tried
