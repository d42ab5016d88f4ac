"""What is left to do, by bucket, and the groups in which it is done."""

from __future__ import annotations

from doclake.stages.plans.undone import groups, undone
from tests.flow import Flow

BUCKETS = [f"{number:02d}" for number in range(6)]


def test_buckets_go_together_until_enough_documents_wait():
    left = {"00": 3, "01": 4, "03": 4, "04": 20, "05": 1}
    assert list(groups(left, BUCKETS, 8)) == [["00", "01", "02"], ["03"], ["04"], ["05"]]
    assert list(groups({}, BUCKETS, 8)) == [BUCKETS]
    assert list(groups({"00": 9}, BUCKETS, 8)) == [["00", *BUCKETS[1:]]]


def test_documents_are_left_until_every_stage_has_done_them(tmp_path):
    flow = Flow.of_small_documents(tmp_path)
    assert undone(flow.project, "notes").total() == 0  # nothing is registered
    flow.run()
    assert undone(flow.project, "notes").total() == 0
    flow.configure(embedding={"model": "all-MiniLM-L6-v2", "query_prompt": "other"})
    assert undone(flow.project, "notes").total() == 5
