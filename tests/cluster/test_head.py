from __future__ import annotations

import time

import psutil
import pytest

from doclake.cluster import head
from doclake.cluster.connection import Wanted, connected
from doclake.errors import ExecutorUnavailable


@pytest.mark.slow
def test_a_head_that_is_gone_is_told_before_ray_ends_the_process(monkeypatch):
    import ray

    monkeypatch.setattr(head, "_LOOK", 0.5)
    monkeypatch.setattr(head, "_GONE", 3.0)
    with connected(Wanted(None, 1)):
        sleeping = ray.remote(lambda: time.sleep(600)).remote()
        watched = head.Head()
        assert watched.first_done([sleeping], 2.0) == []
        assert watched.first_done([ray.put("there")], None)
        (gcs,) = [p for p in psutil.Process().children(recursive=True) if p.name() == "gcs_server"]
        gcs.kill()
        with pytest.raises(ExecutorUnavailable, match="is gone") as raised:
            watched.first_done([sleeping], None)
    assert "next run" in raised.value.mend
    with connected(Wanted(None, 1)):  # and another cluster can be used
        assert ray.cluster_resources()["CPU"] == 1
