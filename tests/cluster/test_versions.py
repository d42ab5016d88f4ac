from __future__ import annotations

import pytest

from doclake import fingerprints
from doclake.cluster.versions import compare, versions
from doclake.errors import ExecutorUnavailable


def test_equal_versions_pass_and_others_are_named_with_what_to_do():
    ours = versions(["torch"])
    compare(ours, ours)
    with pytest.raises(ExecutorUnavailable, match=r"doclake 0\.0\.9 there") as raised:
        compare(ours | {"doclake": "0.0.9"}, ours)
    assert [name for name, _, _ in raised.value.problems] == ["doclake"]
    assert "same versions" in raised.value.mend


def test_two_builds_of_a_version_are_alike(monkeypatch):
    monkeypatch.setattr(fingerprints, "version", lambda _: "2.13.0+cu126")
    there = versions(["torch"])
    monkeypatch.setattr(fingerprints, "version", lambda _: "2.13.0+cpu")
    compare(there, versions(["torch"]))
