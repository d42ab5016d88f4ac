"""What the rules of a contract said of rows, added up over the calls of a run."""

from __future__ import annotations

from dataclasses import dataclass, field

from doclake.contracts.model import EXAMPLES, Example, Verdict

Tallies = dict[str, "Tally"]
"""By the name of the rule."""


@dataclass
class Tally:
    """Of so many rows a rule was broken by so many, which people have not released; up to
    `EXAMPLES` of them. `about` says what holds where it is met, `expected` what it asks."""

    rule: str
    severity: str
    checked: int = 0
    broken: int = 0
    released: int = 0
    about: str = ""
    expected: str = ""
    examples: list[Example] = field(default_factory=list)


def add(tallies: Tallies, verdict: Verdict) -> None:
    """Add what one verdict says to the tallies."""
    for rule, result in zip(verdict.asked, verdict.rules, strict=True):
        new = Tally(rule.name, rule.severity, about=rule.about, expected=rule.expected)
        tally = tallies.setdefault(rule.name, new)
        tally.checked += result.checked
        tally.broken += result.unexpected
        tally.released += result.released
        more = verdict.examples.get(rule.name, [])
        tally.examples += more[: EXAMPLES - len(tally.examples)]
