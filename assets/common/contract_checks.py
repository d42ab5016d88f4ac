"""The contract of a table as a check: how many rows each rule checked and refused."""

import dagster as dg

from doclake.stages.report import StageReport
from doclake_dagster.assets.common.checks import WARN, Check


def contract_check(name: str, holds: str) -> Check:
    """It only warns: refused rows were not written, so the table meets its contract."""
    return Check(
        name,
        WARN,
        holds,
        "rows that a rule refused are in quarantine, not in the table. `doclake failures` names "
        "their documents.",
    )


def contract_result(check: Check, report: StageReport) -> dg.AssetCheckResult:
    refused = {rule: bad for rule, (_, bad) in report.rules.items() if bad}
    lines = ["| rule | checked | refused |", "|---|---|---|"]
    lines += [f"| {rule} | {seen:,} | {bad:,} |" for rule, (seen, bad) in report.rules.items()]
    rules = dg.MetadataValue.md("\n".join(lines) if report.rules else "Nothing to check.")
    return check.result(
        f"Refused by {', '.join(refused)}." if refused else None,
        "See `doclake failures`.",
        refused=sum(refused.values()),
        rules=rules,
    )
