"""Progress of a stage in the log of its run."""

import time

import dagster as dg

from doclake import progress
from doclake.progress import Step

LOG_SECONDS = 10


class Log:
    """Writes progress to the run's log every `LOG_SECONDS`, and to the listeners of the process."""

    def __init__(self, context: dg.AssetExecutionContext | dg.OpExecutionContext) -> None:
        self._log = context.log
        self._last = time.monotonic()

    def __call__(self, step: Step) -> None:
        progress.tell(step)
        if time.monotonic() - self._last >= LOG_SECONDS:
            self._last = time.monotonic()
            done = f"{step.stage}: {step.done:,} of {step.total:,} {step.unit}"
            self._log.info(", ".join(filter(None, (done, step.pace))))
