"""A run of the command line that was killed holds up no other."""

from __future__ import annotations

import subprocess
import sys

import dagster as dg
import pytest

from doclake_dagster.pipelines.killed_runs import end_killed_runs, process_tag


@dg.job
def job() -> None:
    pass


@pytest.fixture
def instance(tmp_path):
    """Pools of one slot, as the committed dagster.yaml has them."""
    pools = {"concurrency": {"pools": {"default_limit": 1, "granularity": "op"}}}
    with dg.DagsterInstance.local_temp(str(tmp_path), overrides=pools) as instance:
        instance.event_log_storage.set_concurrency_slots("gpu", 1)
        yield instance


def _claimed(instance: dg.DagsterInstance, run_id: str) -> bool:
    claim = instance.event_log_storage.claim_concurrency_slot("gpu", run_id, "embeddings")
    return bool(claim.is_claimed)


def _run(instance: dg.DagsterInstance, tags: dict[str, str]) -> dg.DagsterRun:
    started = dg.DagsterRunStatus.STARTED
    return instance.create_run_for_job(job, tags=tags, status=started)


def test_a_run_whose_process_is_gone_gives_back_its_slot_and_is_cancelled(instance):
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        run = _run(instance, process_tag(process.pid))
        assert _claimed(instance, run.run_id)
        assert end_killed_runs(instance) == []
        process.kill()
    other = _run(instance, process_tag())
    assert not _claimed(instance, other.run_id)
    assert end_killed_runs(instance) == [run.run_id]
    ended = instance.get_run_by_id(run.run_id)
    assert ended is not None
    assert ended.status == dg.DagsterRunStatus.CANCELED
    assert _claimed(instance, other.run_id)


def test_runs_of_other_machines_and_of_the_daemon_are_left_alone(instance):
    elsewhere = dict.fromkeys(process_tag(), "another.host 1 1")
    for tags in ({}, elsewhere, process_tag()):
        _run(instance, tags)
    assert end_killed_runs(instance) == []
