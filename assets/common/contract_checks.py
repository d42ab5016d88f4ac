"""The contract of a table as a check: how many rows each rule checked, and which broke it."""

import dagster as dg

from doclake.contracts.tally import Tallies, Tally
from doclake.display import in_markdown
from doclake.stages.report import StageReport
from doclake_dagster.assets.common.checks import WARN, Check

COUNTS = "counts"
"""Under this name stands how many rows each rule checked and how many broke it, for programs."""


def contract_check(name: str, holds: str) -> Check:
    """It only warns: refused rows were not written, so the table meets its contract."""
    return Check(
        name,
        WARN,
        holds,
        "rows that a rule refused are in quarantine, not in the table; those of a rule of severity "
        "`warn` are in the table, with its name. `doclake quarantine list` names the refused ones.",
    )


def contract_result(check: Check, report: StageReport, table: str) -> dg.AssetCheckResult:
    """With examples of the rows that break each rule of a table, without their text."""
    tallies = report.contracts.get(table, {})
    broken = [tally for tally in tallies.values() if tally.broken]
    lines = ["| rule | severity | checked | broken | such as |", "|---|---|---|---|---|"]
    lines += [_line(tally) for tally in tallies.values()]
    rules = dg.MetadataValue.md("\n".join(lines) if tallies else "Nothing to check.")
    return check.result(
        f"Rows break {', '.join(tally.rule for tally in broken)}." if broken else None,
        "See `doclake quarantine list`.",
        refused=sum(tally.broken for tally in broken if tally.severity != "warn"),
        rules=rules,
        **{COUNTS: dg.MetadataValue.json(_counts(tallies))},
    )


def _counts(tallies: Tallies) -> dict[str, dict[str, str | int]]:
    return {
        name: {"severity": tally.severity, "checked": tally.checked, "broken": tally.broken}
        for name, tally in tallies.items()
    }


def _line(tally: Tally) -> str:
    examples = [
        f"{in_markdown(one.path or one.key)} {in_markdown(one.evidence)}".rstrip()
        for one in tally.examples
    ]
    return (
        f"| {tally.rule} | {tally.severity} | {tally.checked:,} | {tally.broken:,} "
        f"| {'; '.join(examples)} |"
    )
