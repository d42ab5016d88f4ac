"""One connection to a cluster for all who need it."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from doclake.cluster.connection import Wanted, connected, held
from doclake.errors import ExecutorUnavailable


def test_without_ray_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ExecutorUnavailable) as raised, connected(Wanted(None)):
        pass
    assert "pip install 'doclake[ray]'" in raised.value.mend


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary folder whose path is short enough for the sockets in it."""
    with tempfile.TemporaryDirectory(prefix="dl-") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


@pytest.mark.slow
def test_a_cluster_stays_while_it_is_held_and_leaves_nothing_behind(short):
    import ray

    seen: list[str] = []
    with held():
        assert not ray.is_initialized()  # whoever needs none starts none
        for _ in range(2):
            with connected(Wanted(None, 2)):
                seen.append(ray.get_runtime_context().get_node_id())
        assert ray.is_initialized()
        with (
            pytest.raises(ExecutorUnavailable, match="another Ray cluster than head:6379"),
            connected(Wanted("head:6379")),
        ):
            pass
    assert seen[0] == seen[1]
    assert not ray.is_initialized()
    assert list(short.iterdir()) == []


@pytest.mark.parametrize("address", ["auto", "127.0.0.1:9"])
def test_a_cluster_that_is_not_there_is_told_at_once(address):
    begun = time.monotonic()
    with (
        pytest.raises(ExecutorUnavailable, match=f"The Ray cluster {address} cannot") as raised,
        connected(Wanted(address)),
    ):
        pass
    assert time.monotonic() - begun < 20
    assert "processing.ray.address" in raised.value.mend
