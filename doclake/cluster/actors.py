"""What becomes of actors, whatever they do."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from doclake.cluster.connection import INSTALL
from doclake.errors import DoclakeError, ExecutorUnavailable

MOST_FAILED_STARTS = 3
"""So many actors in a row may die before they are ready; that ends the run."""


def end(actor: Any) -> None:
    """Kill it, whatever it does."""
    import ray

    with suppress(Exception):  # it is gone, or the whole cluster is
        ray.kill(actor)


def cannot_begin(error: Exception) -> DoclakeError:
    """What an actor raised before it was ready: an error of ours, or one of what is installed
    there."""
    cause = getattr(error, "cause", None)
    if isinstance(cause, DoclakeError):
        return cause
    told = str(error).strip().splitlines()[-1:]
    return ExecutorUnavailable(f"No actor could begin: {''.join(told)}", mend=INSTALL)
