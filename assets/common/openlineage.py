"""Says in events of OpenLineage what an asset read and wrote, where `lineage` is set.

It stands around the work of an asset, so a run of the daemon and one of the command line are told
of alike. Nothing of it is imported while it is off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import dagster as dg

from doclake.errors.foreign import in_words
from doclake.project import Project
from doclake_dagster.assets.common.contract_checks import COUNTS
from doclake_dagster.assets.common.lineage import MADE_OF
from doclake_dagster.assets.common.metadata import RUN

if TYPE_CHECKING:
    from doclake.govern.lineage_delivery import Delivery
    from doclake.govern.lineage_events import Assertion, Stage

Made = TypeVar("Made", bound=Callable[..., dg.MaterializeResult])


def tells_lineage(project: Project, table: str, sources: Sequence[str]) -> Callable[[Made], Made]:
    """Decorator of what makes an asset of these sources."""

    def decorated(make: Made) -> Made:
        if not project.settings.lineage.is_set:
            return make

        @wraps(make)
        def call(context: dg.AssetExecutionContext, **resources: Any) -> dg.MaterializeResult:
            teller = _Teller(context, project.at(resources["lake"].url), table, sources)
            teller.begin()
            try:
                result = make(context, **resources)
            except Exception as error:
                teller.end("FAIL", error=error)
                raise
            except BaseException:  # somebody stops the run
                teller.end("ABORT")
                raise
            teller.end("COMPLETE", result)
            return result

        return call  # type: ignore[return-value]

    return decorated


class _Teller:
    """Whatever goes wrong in telling is one warning in the log of the run."""

    def __init__(
        self,
        context: dg.AssetExecutionContext,
        project: Project,
        table: str,
        sources: Sequence[str],
    ) -> None:
        self._context, self._project = context, project
        self._table, self._sources = table, sources
        self._delivery: Delivery | None = None
        self._stage: Stage | None = None

    def begin(self) -> None:
        try:
            from doclake.govern import lineage_delivery, lineage_events

            run = lineage_events.DagsterRun(self._context.run.run_id, self._context.run.job_name)
            self._stage = lineage_events.Stage.begun(
                self._project, self._table, self._sources, MADE_OF[self._table], run
            )
            self._delivery = lineage_delivery.Delivery(self._project.settings)
            self._delivery.begin([lineage_events.started(self._stage)])
        except Exception as error:
            self._warn(in_words(error))

    def end(
        self,
        ending: Any,
        result: dg.MaterializeResult | None = None,
        error: BaseException | None = None,
    ) -> None:
        if self._delivery is None or self._stage is None:
            return
        try:
            from doclake.govern import lineage_events

            self._delivery.begin(
                lineage_events.ended(
                    self._stage,
                    ending,
                    rows=_rows(result) if result else None,
                    assertions=list(_assertions(result)) if result else (),
                    error=error,
                )
            )
            if why := self._delivery.settle():
                self._warn(why)
        except Exception as failure:
            self._warn(in_words(failure))

    def _warn(self, why: str) -> None:
        self._context.log.warning(f"OpenLineage was not told of {self._table}: {why}.")


def _rows(result: dg.MaterializeResult) -> int | None:
    """Rows that the run wrote."""
    metadata = result.metadata or {}
    figures = metadata.get(RUN)
    of_run = figures.data if isinstance(figures, dg.JsonMetadataValue) else metadata
    return of_run.get("rows_written") if isinstance(of_run, dict) else None


def _assertions(result: dg.MaterializeResult) -> Iterator[Assertion]:
    """The checks of the asset, and the rules of its contract."""
    from doclake.govern.lineage_events import Assertion

    for check in result.check_results or ():
        severity = check.severity.value.lower()
        yield Assertion(check.check_name or "", check.passed, severity)
        counts = (check.metadata or {}).get(COUNTS)
        rules = counts.data if isinstance(counts, dg.JsonMetadataValue) else {}
        for rule, of_rule in (rules if isinstance(rules, dict) else {}).items():
            broken, checked = of_rule["broken"], of_rule["checked"]
            severity = "warn" if of_rule["severity"] == "warn" else "error"
            yield Assertion(rule, not broken, severity, checked, broken)
