"""What the automation asks for comes in groups of buckets."""

from __future__ import annotations

import itertools

import dagster as dg

from doclake import ids
from doclake.project import Project
from doclake_dagster.assets.common.source import SourceAssets, partitions
from doclake_dagster.pipelines.definitions import build_definitions
from doclake_dagster.pipelines.sensors.bucket_groups import in_groups
from doclake_dagster.pipelines.sensors.observation import observe
from tests.pipelines.sensors.ticks import observed, range_of, requested


def _of_buckets(project, tmp_path, buckets, group):
    """Two notes in each bucket, and groups of so many documents."""
    names = (f"{number}.txt" for number in itertools.count())
    for bucket in ids.bucket_names(buckets):
        for _ in range(2):
            name = next(n for n in names if ids.bucket(ids.doc_id("notes", n), buckets) == bucket)
            (tmp_path / "notes" / name).write_text(f"A note named {name}.")
    source = project.source("notes").model_copy(update={"buckets": buckets})
    processing = project.settings.processing.model_copy(update={"group_documents": group})
    return Project.of(
        project.settings.model_copy(update={"sources": {"notes": source}, "processing": processing})
    )


def _backfilled(request):
    subsets = request.asset_graph_subset.partitions_subsets_by_asset_key.values()
    (buckets,) = {frozenset(subset.get_partition_keys()) for subset in subsets}
    return sorted(buckets)


def _first_requests(project, tmp_path, *, buckets, group):
    """What is asked for once the documents of a new source were listed."""
    for note in (tmp_path / "notes").iterdir():
        note.unlink()
    project = _of_buckets(project, tmp_path, buckets=buckets, group=group)
    with dg.DagsterInstance.ephemeral() as instance:
        for event in observe(SourceAssets("notes", project, partitions(buckets)), instance):
            instance.report_runless_asset_event(event)
        return requested(project, instance).run_requests


def test_a_first_ingest_is_asked_for_in_groups_of_buckets(project, tmp_path):
    requests = _first_requests(project, tmp_path, buckets=4, group=5)
    assert all(request.requires_backfill_daemon() for request in requests)
    assert [_backfilled(request) for request in requests] == [["00", "01"], ["02", "03"]]


def test_a_group_of_one_bucket_is_a_run_that_brings_the_index_up_to_date(project, tmp_path):
    requests = _first_requests(project, tmp_path, buckets=2, group=2)
    assert [range_of(request) for request in requests] == [("00", "00"), ("01", "01")]
    for request in requests:
        stages = {key.path[-1] for key in request.asset_selection}
        assert stages == {
            "documents",
            "elements",
            "chunks",
            "signals",
            "embeddings",
            "search_index",
        }
        assert request.tags["doclake/source"] == "notes"


def test_a_bucket_that_is_at_work_is_not_asked_for_though_a_condition_takes_it_for_idle(project):
    source = SourceAssets("notes", project, partitions(1))
    asked = dg.RunRequest(partition_key="00", asset_selection=[source.key("documents")])
    with dg.DagsterInstance.ephemeral() as instance:
        assert len(in_groups(source, asked, instance)) == 1
        (request,) = observed(project, instance).run_requests
        job = build_definitions(project).resolve_job_def("ingest_notes")
        instance.create_run_for_job(job, tags=request.tags)
        assert in_groups(source, asked, instance) == []
