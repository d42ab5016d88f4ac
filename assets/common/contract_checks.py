"""The contract of a table as a check: how many rows each rule checked, and which broke it."""

from pathlib import Path

import dagster as dg

from doclake import clock
from doclake.contracts.page import Section, page
from doclake.contracts.tally import Tallies, Tally
from doclake.display import in_markdown
from doclake.lake import contract_pages
from doclake.stages.context import StageContext
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


def contract_result(
    check: Check, context: StageContext, report: StageReport, table: str
) -> dg.AssetCheckResult:
    """With examples of the rows that break each rule of a table, without their text, and a page of
    it in the lake."""
    tallies = report.contracts.get(table, {})
    broken = [tally for tally in tallies.values() if tally.broken]
    lines = ["| rule | severity | checked | broken | such as |", "|---|---|---|---|---|"]
    lines += [_line(tally) for tally in tallies.values()]
    place = _page(context, table, tallies) if tallies else None
    if place:
        link = place if "://" in place else Path(place).absolute().as_uri()
        lines = [f"[This contract as a page]({link})", "", *lines]
    rules = dg.MetadataValue.md("\n".join(lines) if tallies else "Nothing to check.")
    return check.result(
        f"Rows break {', '.join(tally.rule for tally in broken)}." if broken else None,
        "See `doclake quarantine list`.",
        refused=sum(tally.broken for tally in broken if tally.severity != "warn"),
        rules=rules,
        **{COUNTS: dg.MetadataValue.json(_counts(tallies))},
        **({"page": dg.MetadataValue.path(place)} if place else {}),
    )


def _page(context: StageContext, table: str, tallies: Tallies) -> str | None:
    """Where it was written."""
    about = f"Run {context.run_id}, {clock.now():%Y-%m-%d %H:%M} UTC, as its rows were made."
    html = page(f"{context.source}: contract of {table}", about, [Section(table, tallies)])
    try:
        return contract_pages.write(context.lake, context.source, table, context.run_id, html)
    except Exception:  # a store that takes no page stops nothing: the check says the same
        return None


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
