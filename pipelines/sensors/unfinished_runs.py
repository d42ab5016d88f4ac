"""The runs that are queued or running."""

import dagster as dg

_UNFINISHED = dg.RunsFilter(
    statuses=[
        dg.DagsterRunStatus.QUEUED,
        dg.DagsterRunStatus.NOT_STARTED,
        dg.DagsterRunStatus.STARTING,
        dg.DagsterRunStatus.STARTED,
    ]
)


def unfinished_runs(instance: dg.DagsterInstance) -> list[dg.DagsterRun]:
    return list(instance.get_runs(_UNFINISHED))


def is_of(run: dg.DagsterRun, source: str) -> bool:
    """Whether the run works on this source."""
    return run.tags.get("doclake/source") == source or any(
        key.path[0] == source for key in run.asset_selection or ()
    )
