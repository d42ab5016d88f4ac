"""Takes the upgrade steps that a lake lacks, and records them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from doclake import clock
from doclake.errors import LakeTooNew
from doclake.lake import locks
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.lake.upgrades import (
    first_refusals,
    names_and_descriptions,
    paths_in_the_quarantine,
    signatures_in_the_ledger,
    unreserved_column_names,
)
from doclake.tables.rows import strings
from doclake.tables.upgrades import UPGRADES, Upgrade

_log = logging.getLogger(__name__)
STEPS: dict[str, Callable[[Lake], None]] = {
    "signatures_in_the_ledger": signatures_in_the_ledger.run,
    "unreserved_column_names": unreserved_column_names.run,
    "paths_in_the_quarantine": paths_in_the_quarantine.run,
    "names_and_descriptions": names_and_descriptions.run,
    "first_refusals": first_refusals.run,
}
"""By name, in the order in which they are taken."""


def upgrade(lake: Lake) -> None:
    """Take the steps that the lake has not taken yet. A new lake needs none. Raises `LakeTooNew` if
    it has taken one that this Doclake does not know."""
    if newer := sorted(_taken(lake) - STEPS.keys()):
        raise LakeTooNew(
            f"The lake {lake.url} is of a newer Doclake: it has taken the step {newer[0]}.",
            mend="Use that version, or a newer one: pip install --upgrade doclake",
        )
    if not pending(lake):
        return
    with locks.upgrade(lake):
        for name in _missing(lake):  # another process may have been first
            _log.info("Upgrading the lake %s: %s", lake.url, name)
            STEPS[name](lake)
            _record(lake, [name])


def pending(lake: Lake) -> list[str]:
    """The steps that the lake has not taken yet."""
    missing = _missing(lake)
    return [] if not missing or is_new(lake) else missing


def is_new(lake: Lake) -> bool:
    """Whether nothing has been ingested yet."""
    return lake.version("documents") is None and lake.version("ledger") is None


def record_new(lake: Lake) -> None:
    """Record every step as taken in a new lake, before its first rows."""
    if _missing(lake) and is_new(lake):
        _record(lake, STEPS)


def _missing(lake: Lake) -> list[str]:
    taken = _taken(lake)
    return [name for name in STEPS if name not in taken]


def _taken(lake: Lake) -> set[str]:
    return set(strings(lake.read("upgrades", columns=["step"])["step"]))


def _record(lake: Lake, names: Iterable[str]) -> None:
    now = clock.now()
    steps: list[Upgrade] = [{"step": name, "applied_at": now} for name in names]
    scope = Scope(where={"step": [taken["step"] for taken in steps]})
    lake.replace("upgrades", scope, UPGRADES.arrow(steps))
