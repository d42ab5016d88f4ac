"""What the automation asks for, in groups of buckets that go through all stages one after another.

So the first rows are searchable long before the last, and a run that dies loses one group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import dagster as dg

from doclake.errors import DoclakeError
from doclake.settings.source_options import listed_by_job
from doclake.stages.plans.undone import groups, waiting
from doclake_dagster.assets.common.source import SourceAssets
from doclake_dagster.assets.common.tags import RANGE_END_TAG, RANGE_START_TAG
from doclake_dagster.pipelines.sensors.unfinished_runs import unfinished_runs

INDEX = dg.AssetKey("search_index")


def in_groups(
    source: SourceAssets, request: dg.RunRequest, instance: dg.DagsterInstance
) -> list[dg.RunRequest]:
    """A backfill for each group of several buckets; for a single bucket a run, which brings the
    index up to date as well: that is sooner than another run."""
    if _is_run(source, _buckets(request), instance):
        return []
    if request.asset_graph_subset is None:
        return [_with_index(request)]
    return list(_split(source, request))


def _buckets(request: dg.RunRequest) -> set[str]:
    if request.asset_graph_subset is None:
        return {request.partition_key} if request.partition_key else set()
    subsets = cast(Any, request.asset_graph_subset).partitions_subsets_by_asset_key
    return {bucket for subset in subsets.values() for bucket in subset.get_partition_keys()}


def _is_run(source: SourceAssets, buckets: set[str], instance: dg.DagsterInstance) -> bool:
    """Whether the run that the observing sensor asked for is over all these buckets. Dagster's
    conditions may take a stage of it for idle a moment before they take it for updated."""
    observing = {"doclake/trigger": f"observe_{source.name}"}
    for run in unfinished_runs(instance):
        first, last = (run.tags.get(tag, "") for tag in (RANGE_START_TAG, RANGE_END_TAG))
        is_asked_for = first == last or observing.items() <= run.tags.items()
        covers = buckets and first <= min(buckets) and max(buckets) <= last
        if run.job_name == f"ingest_{source.name}" and is_asked_for and covers:
            return True
    return False


def _split(source: SourceAssets, request: dg.RunRequest) -> Iterator[dg.RunRequest]:
    wanted = cast(Any, request.asset_graph_subset)
    subsets = wanted.partitions_subsets_by_asset_key
    buckets_of = {key: set(subset.get_partition_keys()) for key, subset in subsets.items()}
    buckets = sorted(set().union(*buckets_of.values()))
    most = source.project.settings.processing.group_documents
    for group in groups(_waiting(source), buckets, most):
        here = {key: sorted(held.intersection(group)) for key, held in buckets_of.items()}
        part = {key: held for key, held in here.items() if held}
        if len(group) == 1:
            tags = {**request.tags, RANGE_START_TAG: group[0], RANGE_END_TAG: group[0]}
            yield _with_index(dg.RunRequest(asset_selection=list(part), tags=tags))
        else:
            whole = source.partitions_def
            subsets = {key: whole.subset_with_partition_keys(held) for key, held in part.items()}
            of_group = wanted._replace(partitions_subsets_by_asset_key=subsets)
            yield request.with_replaced_attrs(asset_graph_subset=of_group)


def _waiting(source: SourceAssets) -> Mapping[str, int]:
    """How many documents wait in each bucket. Nothing is known where listing takes too long for a
    tick, and where it fails: the run says so."""
    if listed_by_job(source.settings):
        return {}
    try:
        return waiting(source.project, source.name)
    except DoclakeError:
        return {}


def _with_index(request: dg.RunRequest) -> dg.RunRequest:
    assets = [*(request.asset_selection or ()), INDEX]
    return request.with_replaced_attrs(asset_selection=assets, asset_check_keys=None)  # all of them
