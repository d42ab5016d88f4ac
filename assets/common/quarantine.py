"""Whether rows of a source wait in quarantine, as a check."""

from collections.abc import Sequence

import dagster as dg

from doclake.display import number_of, shown
from doclake.tables.quarantine import Refusal
from doclake_dagster.assets.common.checks import WARN, Check

CHECK = Check(
    "quarantine_is_empty",
    WARN,
    "No row of the source waits in quarantine.",
    "refused rows are not searched. `doclake quarantine list` names them; replay, release or drop "
    "them there, or by the job `replay_quarantine`.",
)


def quarantine_result(source: str, waiting: Sequence[Refusal]) -> dg.AssetCheckResult:
    """How many rows each rule holds back, and since when."""
    if not waiting:
        return CHECK.result(None, waiting=0)
    lines = ["| stage | rule | rows | since |", "|---|---|---|---|"]
    for stage, rule in sorted({(row["stage"], row["rule"]) for row in waiting}):
        rows = [row for row in waiting if (row["stage"], row["rule"]) == (stage, rule)]
        seen = [row["first_refused_at"] or row["refused_at"] for row in rows]
        since = min((when for when in seen if when is not None), default=None)
        day = f"{since:%Y-%m-%d}" if since else ""
        lines.append(f"| {stage} | {shown(rule)} | {len(rows):,} | {day} |")
    number = len({(row["doc_id"], row["stage"], row["key"]) for row in waiting})
    rows_ = number_of(number, "row waits", "rows wait")
    return CHECK.result(
        f"{rows_} in quarantine.",
        f"See `doclake quarantine list --source {source}`.",
        waiting=number,
        rules=dg.MetadataValue.md("\n".join(lines)),
    )
