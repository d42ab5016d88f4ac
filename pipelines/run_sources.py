"""Running the jobs of sources in this process, recorded in the Dagster instance like any run."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from operator import mul
from typing import Any

import dagster as dg

from doclake import ids, tracing
from doclake.cluster.connection import held
from doclake.errors import LakeError, ModelError, SettingsError
from doclake.lake import ledger, runs
from doclake.lake.scope import Scope
from doclake.observe import prometheus
from doclake.operate.budget import Budget
from doclake.operate.foresight import Foresight
from doclake.operate.incident_rules import record
from doclake.project import Project
from doclake.stages.plans.undone import groups, undone
from doclake.tables.ledger import LedgerRow
from doclake_dagster.assets.common.tags import (
    ALLOW_DELETIONS_TAG,
    RANGE_END_TAG,
    RANGE_START_TAG,
    RETRY_NOW_TAG,
)
from doclake_dagster.pipelines.killed_runs import end_killed_runs, process_tag
from doclake_dagster.pipelines.run_errors import cause_of
from doclake_dagster.pipelines.run_figures import figures
from doclake_dagster.pipelines.sensors.incidents import check_outcomes

_RATES = ("tokens_per_second", "gigaflops_per_second", "share_of_peak")
_OF_THE_WHOLE = ("dagster/row_count", "index_rows", "recall")
_LARGEST = ("memory_mb",)
_FROM_VECTORS = ("embeddings", "search_index", "iceberg")
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class Outcome:
    """How the run of a source's job ended, with the metadata of each asset it materialized and the
    documents that failed in it. Checks stand as `asset: name`."""

    source: str
    run_id: str
    success: bool
    error: str | None
    metadata: dict[str, dict[str, Any]]
    failed_checks: list[str]
    """Of severity error; those that only warn are the others."""
    warned_checks: list[str] = field(default_factory=list)
    failures: list[LedgerRow] = field(default_factory=list)


def ingest(
    project: Project,
    jobs: Mapping[str, dg.JobDefinition],
    instance: dg.DagsterInstance,
    *,
    allow_deletions: bool = False,
    budget: Budget | None = None,
) -> Iterator[Outcome]:
    """Run the jobs, by the name of their source, over all buckets; yields the outcome of each.

    A run registers what the source lists. Then each group of buckets goes through all stages in a
    run of its own. The first run that fails is the last, and so is the one after which the next
    would take more than the `budget`, which then says so. All share one connection to a cluster,
    from the first that needs it.
    """
    allowed = budget or Budget()
    end_killed_runs(instance)
    with held():
        for source, job in jobs.items():
            begun = _Runs(project, source, job, instance, allow_deletions, allowed)
            try:
                outcomes = list(begun.ran())
                if outcomes and outcomes[-1].success and source not in allowed.stopped:
                    runs.note(project.lake, source, outcomes[-1].run_id)
            finally:
                prometheus.write(project)
            if outcomes:
                yield _together(source, outcomes)


@dataclass(frozen=True)
class _Runs:
    """The runs of one source."""

    project: Project
    source: str
    job: dg.JobDefinition
    instance: dg.DagsterInstance
    allow_deletions: bool
    budget: Budget

    @cached_property
    def foresight(self) -> Foresight:
        return Foresight(self.project, self.source)

    def ran(self) -> Iterator[Outcome]:
        buckets = ids.bucket_names(self.project.source(self.source).buckets)
        registry = dg.AssetKey([self.source, "documents"])
        others = [key for key in self.job.asset_layer.selected_asset_keys if key != registry]
        needed = self.foresight.registering(self._known())
        if why := self.budget.refuses(0, needed):
            self.budget.stop(self.source, None, why)
            return
        registered = self._run(buckets, [registry])
        yield registered
        if not registered.success:
            return
        self.foresight.look()
        most = self.project.settings.processing.group_documents
        for group in groups(self._left(), buckets, most):
            fitting = self.budget.fitting(group, self.foresight.needs)
            if fitting:
                yield from (outcomes := list(self._through_all_stages(fitting, others)))
                if not outcomes[-1].success:
                    return
            if len(fitting) < len(group):
                self._stop(*self.foresight.needs(group[len(fitting) : len(fitting) + 1]))
            if self.source in self.budget.stopped:
                return

    def _through_all_stages(
        self, buckets: Sequence[str], assets: Sequence[dg.AssetKey]
    ) -> Iterator[Outcome]:
        """In one run; where tokens are counted, in a second one from the vectors on, which is only
        begun if there are tokens enough."""
        if self.budget.max_tokens is None:
            yield self._run(buckets, assets)
            return
        last = [key for key in assets if key.path[-1] in _FROM_VECTORS]
        outcome = self._run(buckets, [key for key in assets if key not in last])
        yield outcome
        tokens = self.foresight.tokens(buckets) if outcome.success else 0
        if outcome.success and not self._stop(tokens, 0):
            self.budget.tokens += tokens
            yield self._run(buckets, last)

    def _stop(self, tokens: float, seconds: float) -> bool:
        """Whether so much more would be too much; then the budget says what is left."""
        why = self.budget.refuses(tokens, seconds)
        if why is not None:
            self.budget.stop(self.source, sum(self._left().values()), why)
        return why is not None

    def _known(self) -> int:
        """Documents that are registered."""
        try:
            counts = self.project.lake.count_by("documents", ["source"], Scope(self.source))
        except LakeError:  # the run says so
            return 0
        return sum(counts.values())

    def _left(self) -> Mapping[str, int]:
        try:
            return undone(self.project, self.source)
        except (LakeError, ModelError, SettingsError):  # the run says so
            return {}

    def _run(self, buckets: Sequence[str], assets: Sequence[dg.AssetKey]) -> Outcome:
        tags = {RANGE_START_TAG: buckets[0], RANGE_END_TAG: buckets[-1], RETRY_NOW_TAG: "true"}
        tags |= process_tag() | ({ALLOW_DELETIONS_TAG: "true"} if self.allow_deletions else {})
        started = time.monotonic()
        with tracing.span(tracing.RUN, {tracing.SOURCE: self.source}) as span:
            result = self.job.execute_in_process(
                instance=self.instance,
                tags=tags,
                run_config=_QUIET,
                raise_on_error=False,
                asset_selection=list(assets),
            )
            span.set({tracing.RUN_ID: result.run_id})
            if not result.success:
                span.failed("run_failed")
        _require_uninterrupted(self.instance, result)
        outcome = _outcome(self.project, self.source, result)
        if outcome.success:
            took = time.monotonic() - started
            self.foresight.keep(outcome.run_id, outcome.metadata, took, buckets)
        record(
            self.project,
            self.source,
            run_id=outcome.run_id,
            ended=datetime.now(UTC),
            error=outcome.error if not outcome.success else None,
            checks=check_outcomes(result.get_asset_check_evaluations()),
        )
        return outcome


def _require_uninterrupted(instance: dg.DagsterInstance, result: dg.ExecuteInProcessResult) -> None:
    """Raises KeyboardInterrupt if a person ended the run, which Dagster takes for a failure: to its
    history it is a run that was cancelled, and no incident."""
    failures = [event.job_failure_data for event in result.all_events if event.is_job_failure]
    reasons = {failure.failure_reason for failure in failures}
    if "UNEXPECTED_TERMINATION" in {reason.name for reason in reasons if reason}:
        if run := instance.get_run_by_id(result.run_id):
            instance.report_run_canceled(run, "Interrupted at the command line.")
        raise KeyboardInterrupt


def _together(source: str, outcomes: Sequence[Outcome]) -> Outcome:
    """The outcome of all runs of a source: figures added up, those of a whole table as they are at
    the end; texts one below the other."""
    last = outcomes[-1]
    metadata: dict[str, dict[str, Any]] = {}
    for outcome in outcomes:
        for asset, of_run in outcome.metadata.items():
            known = metadata.setdefault(asset, {})
            rates = _rates(known, of_run)
            for name, value in of_run.items():
                if name in known and name not in _OF_THE_WHOLE:
                    value = _joined(name, known[name], value)
                known[name] = value
            known |= rates
    failed = {check: None for outcome in outcomes for check in outcome.failed_checks}
    warned = {check: None for outcome in outcomes for check in outcome.warned_checks}
    return replace(
        last,
        source=source,
        metadata=metadata,
        failed_checks=list(failed),
        warned_checks=list(warned),
        failures=[row for outcome in outcomes for row in outcome.failures],
    )


def _joined(name: str, one: Any, other: Any) -> Any:
    if name in _LARGEST:
        return max(one, other)
    return f"{one}\n\n{other}" if isinstance(one, str) else one + other


def _rates(*runs: Mapping[str, Any]) -> dict[str, float]:
    """Of two runs together: rates are not added up, each counts for as long as it lasted."""
    if not all(run.get("tokens_per_second") for run in runs):
        return {}
    seconds = [run["tokens"] / run["tokens_per_second"] for run in runs]
    return {
        name: sum(map(mul, seconds, [run[name] for run in runs])) / sum(seconds)
        for name in _RATES
        if all(name in run for run in runs)
    }


def _failed_in(project: Project, source: str, run_id: str) -> list[LedgerRow]:
    failed = ledger.read(project.lake, Scope(source, where={"status": [ledger.FAILED]}))
    return [row for row in failed if row["run_id"] == run_id]


def _outcome(project: Project, source: str, result: dg.ExecuteInProcessResult) -> Outcome:
    metadata = figures(result.get_asset_materialization_events())
    evaluations = result.get_asset_check_evaluations()
    cause = cause_of(event for event in result.all_events if event.is_step_failure)
    return Outcome(
        source=source,
        run_id=result.run_id,
        success=result.success,
        error=None if result.success else cause or "unknown error",
        metadata=metadata,
        failed_checks=_failing(evaluations, dg.AssetCheckSeverity.ERROR),
        warned_checks=_failing(evaluations, dg.AssetCheckSeverity.WARN),
        failures=_failed_in(project, source, result.run_id) if "elements" in metadata else [],
    )


def _failing(
    evaluations: Iterable[dg.AssetCheckEvaluation], severity: dg.AssetCheckSeverity
) -> list[str]:
    return [
        f"{check.asset_key.to_user_string()}: {check.check_name}"
        for check in evaluations
        if not check.passed and check.severity == severity
    ]
