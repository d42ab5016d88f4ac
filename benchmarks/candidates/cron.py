"""Cron expressions: which library takes what Dagster takes, and refuses what it refuses."""

from __future__ import annotations

from benchmarks.candidates.base import Board, Candidate

_EXPRESSIONS = (
    *(
        "30 3 * * *",
        "*/5 * * * *",
        "0 0 1 1 *",
        "0 9-17 * * MON-FRI",
        "0 0 * JAN,JUL *",
        "0 0 L * *",
    ),
    *("0 0 * * 7", "0 0 31 2 *", "@daily", "@hourly", "@reboot", "* * * * * *", "60 * * * *", ""),
    *(
        "0 24 * * *",
        "0 0 0 * *",
        "0 0 32 * *",
        "0 0 * 13 *",
        "0 0 * * 8",
        "*/0 * * * *",
        "5-1 * * * *",
    ),
    *(
        "every night",
        "30 3 * *",
        "a b c d e",
        "0 0 * * MON#2",
        "0 0 * * 5L",
        "H H * * *",
        "0 0 ? * *",
    ),
)


def score_cron(board: Board) -> None:
    cases = [(expression, _dagster(expression)) for expression in _EXPRESSIONS]
    tried = [
        Candidate("croniter", "croniter", _croniter),
        Candidate("cronsim", "cronsim", _cronsim),
    ]
    board.run("cron", tried, cases, lambda got, truth: {"as Dagster": float(got == truth)}, False)


def _dagster(expression: str) -> bool:
    import dagster as dg

    try:
        dg.ScheduleDefinition(name="s", cron_schedule=expression, job_name="j")
    except dg.DagsterInvalidDefinitionError:
        return False
    return True


def _croniter(expression: str) -> bool:
    from croniter import croniter

    return bool(croniter.is_valid(expression))


def _cronsim(expression: str) -> bool:
    from datetime import UTC, datetime

    from cronsim import CronSim, CronSimError

    try:
        CronSim(expression, datetime.now(UTC))
    except CronSimError:
        return False
    return True
