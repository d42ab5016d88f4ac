"""Tries a contract on rows that stand, and writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from doclake.contracts.chunks import validate_chunks
from doclake.contracts.model import Rule
from doclake.errors import ContractError
from doclake.tables.chunks import CHUNKS
from doclake.tables.quarantine import QUARANTINE

EXAMPLES = 5
MOST = 0.5
"""A contract that refuses a larger share of the rows that stand is taken for a mistake."""


@dataclass
class Tried:
    """What a rule says of the rows that stand. `examples` tell up to `EXAMPLES` rows that break it,
    without their text: path, key, evidence."""

    rule: str
    severity: str
    checked: int = 0
    broken: int = 0
    examples: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass
class Trial:
    """What a contract says of the chunks that stand: of `rows` it would refuse `refused`."""

    rules: dict[str, Tried]
    rows: int = 0
    refused: int = 0

    def require_reason(self, source: str) -> None:
        """Raises `ContractError` if the contract would refuse more than `MOST` of the rows."""
        if self.refused <= MOST * self.rows:
            return
        worst = max(
            (tried for tried in self.rules.values() if tried.severity != "warn"),
            key=lambda tried: tried.broken,
        )
        raise ContractError(
            f"The contract would refuse {self.refused:,} of the {self.rows:,} chunks of {source} "
            f"that stand, {worst.broken:,} of them by {worst.rule}. Nothing was written.",
            mend=f"Relax contracts.chunks.{worst.rule}; `doclake contract check --source {source}` "
            "shows rows that break it.",
            rule=worst.rule,
            key=f"contracts.chunks.{worst.rule}",
        )


def trial(parts: Iterable[pa.Table], rules: Sequence[Rule]) -> Trial:
    """Judge chunks, some at a time: those of a bucket together, since ids are compared."""
    found = Trial({rule.name: Tried(rule.name, rule.severity) for rule in rules})
    for part in parts:
        verdict = validate_chunks(part, rules)
        found.rows += part.num_rows
        found.refused += part.num_rows - verdict.accepted.num_rows
        for result in verdict.rules:
            found.rules[result.name].checked += result.checked
            found.rules[result.name].broken += result.unexpected
        for row in QUARANTINE.rows(verdict.refused):
            _exemplify(found, row["rule"], row["path"], row["key"], row["evidence"] or "")
        warned = verdict.accepted.filter(pc.is_valid(verdict.accepted["warnings"]))
        for chunk in CHUNKS.rows(warned.select(["path", "chunk_id", "warnings"])):
            for rule in chunk["warnings"] or ():
                _exemplify(found, rule, chunk["path"], chunk["chunk_id"], "")
    return found


def _exemplify(found: Trial, rule: str, *example: str) -> None:
    examples = found.rules[rule].examples if rule in found.rules else []
    if len(examples) < EXAMPLES:
        path, key, evidence = example
        examples.append((path, key, evidence))
