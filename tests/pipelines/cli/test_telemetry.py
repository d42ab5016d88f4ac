"""What `doclake` runs reports to nobody."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.slow
@pytest.mark.parametrize("dagster_yaml", [None, "retention: {sensor: {purge_after_days: 1}}\n"])
def test_a_home_that_does_not_forbid_it_gets_no_report_and_no_notice(flow, tmp_path, dagster_yaml):
    home, user = tmp_path / "home", tmp_path / "user"
    home.mkdir()
    user.mkdir()
    if dagster_yaml is not None:
        (home / "dagster.yaml").write_text(dagster_yaml)
    flow.write("new.txt", "The lamp of the tower turns once in ten seconds.")
    unset = {"DAGSTER_DISABLE_TELEMETRY", "DO_NOT_TRACK"}
    done = subprocess.run(
        [sys.executable, "-m", "doclake_dagster.pipelines.cli", "ingest"],
        cwd=flow.folder,
        env={name: value for name, value in os.environ.items() if name not in unset}
        | {"DAGSTER_HOME": str(home), "DOCLAKE_CONFIG": str(flow.folder), "HOME": str(user)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "notes: finished, 1 document failed." in done.stderr
    assert "elemetry" not in done.stdout + done.stderr
    assert (home / "history").is_dir()  # the run is in its history, and nothing waits to be sent
    kept = [file.relative_to(home).as_posix() for file in home.rglob("*") if file.is_file()]
    assert [name for name in kept if name.startswith((".telemetry", "logs"))] == []
    assert not (user / ".dagster").exists()
