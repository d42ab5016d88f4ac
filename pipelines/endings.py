"""How the runs of a source ended, in one line; `succeeded` only where nobody has to look."""

from collections.abc import Iterable
from dataclasses import dataclass

from doclake.display import number_of
from doclake.errors import LakeError
from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.operate import incidents
from doclake.project import Project
from doclake_dagster.assets.elements import CHECK as EVERY_DOCUMENT
from doclake_dagster.pipelines.run_sources import Outcome


@dataclass(frozen=True)
class Ending:
    """`commands` say more of the troubles."""

    source: str
    success: bool
    troubles: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        return self.success and not self.troubles

    def __str__(self) -> str:
        done = "finished" if self.troubles else "succeeded"
        told = ", ".join([done if self.success else "failed", *self.troubles])
        see = " and ".join(f"`{command}`" for command in self.commands)
        return f"{self.source}: {told}.{f' See {see}.' if see else ''}"


def of(project: Project, outcome: Outcome, *, stopped: bool = False) -> Ending:
    """`stopped`: its budget did not suffice. Failed documents, refused chunks and open incidents
    count whichever run they are of."""
    source = outcome.source
    try:
        failed, refused = _not_done(project, source)
        older = _older_incidents(project, outcome)
    except LakeError:  # the run failed of it, and says so
        failed, refused, older = 0, 0, 0
    warned = [name for name in _names(outcome.warned_checks) if name != EVERY_DOCUMENT.name]
    troubles = [
        _counted(failed, "document failed", "documents failed"),
        _counted(refused, "chunk is in quarantine", "chunks are in quarantine"),
        _listed(
            _names(outcome.failed_checks), "alarm waits for a person", "alarms wait for a person"
        ),
        _listed(warned, "check warns", "checks warn"),
        _counted(older, "incident is open from before", "incidents are open from before"),
        "stopped by the budget" if stopped else "",
        "nobody may see it" if is_for_nobody(project, outcome) else "",
    ]
    commands = [f"doclake failures --source {source}"] if failed or refused or warned else []
    commands += [f"doclake incidents --source {source}"] if older else []
    return Ending(source, outcome.success, tuple(filter(None, troubles)), tuple(commands))


def is_for_nobody(project: Project, outcome: Outcome) -> bool:
    """Whether rows stand there that no search finds, and nobody said that it is meant so."""
    return outcome.success and not project.source(outcome.source).says_who_may_see_it


def _not_done(project: Project, source: str) -> tuple[int, int]:
    """Documents that failed, and chunks in quarantine."""
    rows = ledger.read(project.lake, Scope(source), ["status", "quarantined"])
    failed = sum(row["status"] == ledger.FAILED for row in rows)
    return failed, sum(row["quarantined"] or 0 for row in rows)


def _older_incidents(project: Project, outcome: Outcome) -> int:
    """Open ones that are about neither these runs nor their checks."""
    told = {
        incidents.check_cause(*check.split(": ", 1))
        for check in (*outcome.failed_checks, *outcome.warned_checks)
    }
    open_now = incidents.unresolved(project.lake, outcome.source)
    return sum(row["cause"] not in told | {incidents.RUN} for row in open_now)


def _names(checks: Iterable[str]) -> list[str]:
    return [check.rpartition(": ")[2] for check in checks]


def _counted(number: int, one: str, many: str) -> str:
    return number_of(number, one, many) if number else ""


def _listed(names: list[str], one: str, many: str) -> str:
    return f"{_counted(len(names), one, many)} ({', '.join(names)})" if names else ""
