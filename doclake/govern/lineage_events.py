"""What a stage of a run read and wrote, as events of OpenLineage (https://openlineage.io/spec).

A stage is a run of its own, whose parent is the run of Dagster. No event holds a text, the name of
a document or the message of an error.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Literal

from doclake import clock
from doclake.errors import DoclakeError
from doclake.govern.lineage_datasets import INDEX, facets, named, version_of
from doclake.project import Project

if TYPE_CHECKING:
    from openlineage.client.event_v2 import InputDataset, OutputDataset, RunEvent
    from openlineage.client.generated.base import JobFacet, RunFacet


_SHARED = (INDEX, "retrieval_report", "quality", "drift")
"""Made of the tables of all sources."""
Ending = Literal["COMPLETE", "FAIL", "ABORT"]
MadeOf = Mapping[str, Sequence[str]]
"""By column of a table: `table.column` of what it is made of."""


@dataclass(frozen=True)
class Assertion:
    """A check or a rule of a contract: how many rows it looked at and how many broke it, if it
    counts."""

    name: str
    passed: bool
    severity: str
    checked: int | None = None
    broken: int | None = None


@dataclass(frozen=True)
class DagsterRun:
    """The run of Dagster in which a stage does its work, and the name of its job."""

    run_id: str
    job: str


@dataclass(frozen=True)
class Stage:
    """A stage at work: of one source, or of all that share the table. `versions` are those of what
    it reads, by source and table, from before it began."""

    project: Project
    table: str
    sources: Sequence[str]
    made_of: MadeOf
    run: DagsterRun
    versions: Mapping[tuple[str, str], str | None]

    @classmethod
    def begun(
        cls,
        project: Project,
        table: str,
        sources: Sequence[str],
        made_of: MadeOf,
        run: DagsterRun,
    ) -> Stage:
        """Reads which versions there are, and tells the library who makes its facets."""
        from openlineage.client.event_v2 import set_producer

        set_producer(f"urn:doclake:{version('doclake')}")
        stage = cls(project, table, sources, made_of, run, {})
        seen = {place: version_of(project, place[1]) for place in stage.inputs}
        return cls(project, table, sources, made_of, run, seen)

    @cached_property
    def inputs(self) -> list[tuple[str, str]]:
        """(source, table) of what it reads."""
        tables = dict.fromkeys(
            name.split(".")[0] for names in self.made_of.values() for name in names
        )
        shared = [("", table) for table in tables if table == INDEX]
        return shared + [
            (source, table) for source in self.sources for table in tables if table != INDEX
        ]

    @property
    def output(self) -> tuple[str, str]:
        return ("" if self.table in _SHARED else self.sources[0], self.table)

    @property
    def name(self) -> str:
        return ".".join(filter(None, self.output))


def started(stage: Stage) -> RunEvent:
    return _event(stage, "START", outputs=[_output(stage, None)])


def ended(
    stage: Stage,
    ending: Ending,
    *,
    rows: int | None = None,
    assertions: Sequence[Assertion] = (),
    error: BaseException | None = None,
) -> list[RunEvent]:
    """The last event of the stage and, where something was asserted of what it wrote, one of the
    job that judged it: assertions are facts about what a job reads."""
    from openlineage.client.facet_v2 import error_message_run

    more: dict[str, RunFacet] = {}
    if error is not None:
        kind = error.code if isinstance(error, DoclakeError) else type(error).__name__
        more["errorMessage"] = error_message_run.ErrorMessageRunFacet(kind, "PYTHON")
    events = [_event(stage, ending, outputs=[_output(stage, rows)], more=more)]
    if assertions:
        events.append(_judged(stage, assertions))
    return events


def _judged(stage: Stage, assertions: Sequence[Assertion]) -> RunEvent:
    from openlineage.client.facet_v2 import data_quality_assertions_dataset as quality

    facet = quality.DataQualityAssertionsDatasetFacet(
        [
            quality.Assertion(
                assertion=one.name,
                success=one.passed,
                severity=one.severity,
                expected=None if one.broken is None else "0",
                actual=None if one.broken is None else str(one.broken),
                params={} if one.checked is None else {"checked": one.checked},
            )
            for one in assertions
        ]
    )
    judged = _input(stage, stage.output, version_of(stage.project, stage.table))
    judged.inputFacets = {"dataQualityAssertions": facet}
    return _event(stage, "COMPLETE", part="checks", inputs=[judged])


def _event(
    stage: Stage,
    state: Ending | Literal["START"],
    *,
    part: str = "",
    inputs: Sequence[InputDataset] | None = None,
    outputs: Sequence[OutputDataset] = (),
    more: Mapping[str, RunFacet] | None = None,
) -> RunEvent:
    from openlineage.client import event_v2 as ol
    from openlineage.client.facet_v2 import parent_run, processing_engine_run

    space = stage.project.settings.lineage.namespace
    name = ".".join(filter(None, (stage.name, part)))
    parent = parent_run.ParentRunFacet(
        parent_run.Run(stage.run.run_id), parent_run.Job(space, stage.run.job)
    )
    engine = processing_engine_run.ProcessingEngineRunFacet(version("doclake"), "Doclake")
    of_run = {"parent": parent, "processing_engine": engine, **(more or {})}
    if inputs is None:
        inputs = [_input(stage, place, stage.versions[place]) for place in stage.inputs]
    return ol.RunEvent(
        eventType=ol.RunState(state),
        eventTime=clock.now().isoformat(),
        run=ol.Run(_run_id(stage, name), of_run),
        job=ol.Job(space, name, _job_facets(stage)),
        inputs=list(inputs),
        outputs=list(outputs),
    )


def _run_id(stage: Stage, name: str) -> str:
    """The same whenever it is asked for, so that the events of a stage belong together."""
    return str(uuid.uuid5(uuid.UUID(stage.run.run_id), name))


def _job_facets(stage: Stage) -> dict[str, JobFacet]:
    from openlineage.client.facet_v2 import job_type_job, ownership_job

    owners = [ownership_job.Owner(name) for name in stage.project.settings.owners(stage.output[0])]
    kind = job_type_job.JobTypeJobFacet("BATCH", "DOCLAKE", jobType="TASK")
    return {"ownership": ownership_job.OwnershipJobFacet(owners), "jobType": kind}


def _input(stage: Stage, place: tuple[str, str], seen: str | None) -> InputDataset:
    from openlineage.client.event_v2 import InputDataset

    made = facets(place[1], stage.project.settings.owners(place[0]), seen)
    return InputDataset(*named(stage.project, *place), facets=made)


def _output(stage: Stage, rows: int | None) -> OutputDataset:
    from openlineage.client.event_v2 import OutputDataset
    from openlineage.client.facet_v2 import column_lineage_dataset as columns
    from openlineage.client.facet_v2 import output_statistics_output_dataset as statistics

    source, table = stage.output
    made = facets(table, stage.project.settings.owners(source), version_of(stage.project, table))
    made["columnLineage"] = columns.ColumnLineageDatasetFacet(
        {
            column: columns.Fields([columns.InputField(*field) for field in _above(stage, names)])
            for column, names in stage.made_of.items()
        }
    )
    written = OutputDataset(*named(stage.project, *stage.output), facets=made)
    if rows is not None:
        counted = statistics.OutputStatisticsOutputDatasetFacet(rowCount=rows)
        written.outputFacets = {"outputStatistics": counted}
    return written


def _above(stage: Stage, names: Sequence[str]) -> list[tuple[str, str, str]]:
    """Namespace, dataset and column of each column above."""
    return [
        (*named(stage.project, source, table), column)
        for table, column in (name.split(".") for name in names)
        for source, of in stage.inputs
        if of == table
    ]
