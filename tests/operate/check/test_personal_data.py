"""The key for personal data, as `doclake check` finds it."""

from __future__ import annotations

from doclake.operate.check.personal_data import key
from doclake.project import Project
from tests.flow import Flow


def test_a_missing_key_is_told_before_a_run_needs_it(tmp_path, monkeypatch):
    Flow.write_settings(tmp_path)
    assert key(Project.open(tmp_path)).found == "not needed: no source says hash"
    Flow.write_settings(tmp_path, recipe={"personal_data": {"card": "hash"}})
    missing = key(Project.open(tmp_path))
    assert missing.state == "failed" and "DOCLAKE_PERSONAL_DATA_KEY" in missing.mend
    monkeypatch.setenv("DOCLAKE_PERSONAL_DATA_KEY", "a key of the garden")
    assert key(Project.open(tmp_path)).found == "it is there"
