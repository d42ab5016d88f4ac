"""What the rules of a contract said of rows, added up over the calls of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import pyarrow.compute as pc

from doclake.contracts.model import Verdict
from doclake.tables.quarantine import QUARANTINE

EXAMPLES = 5


class Example(NamedTuple):
    """A row that breaks a rule, without its text."""

    path: str
    key: str
    evidence: str


@dataclass
class Tally:
    """Of so many rows a rule was broken by so many; up to `EXAMPLES` of them."""

    rule: str
    severity: str
    checked: int = 0
    broken: int = 0
    examples: list[Example] = field(default_factory=list)


def add(tallies: dict[str, Tally], verdict: Verdict) -> None:
    """Add what one verdict says to the tallies, by the names of the rules."""
    for result in verdict.rules:
        tally = tallies.setdefault(result.name, Tally(result.name, result.severity))
        tally.checked += result.checked
        tally.broken += result.unexpected
    for row in QUARANTINE.rows(verdict.refused):
        example = Example(row["path"] or "", row["key"], row["evidence"] or "")
        _exemplify(tallies[row["rule"]], example)
    if "warnings" not in verdict.accepted.column_names:
        return
    warned = verdict.accepted.filter(pc.is_valid(verdict.accepted["warnings"]))
    for path, key, rules in zip(
        *(warned[name].to_pylist() for name in ("path", "chunk_id", "warnings")), strict=True
    ):
        for rule in rules:
            _exemplify(tallies[rule], Example(path or "", key, ""))


def _exemplify(tally: Tally, example: Example) -> None:
    if len(tally.examples) < EXAMPLES:
        tally.examples.append(example)
