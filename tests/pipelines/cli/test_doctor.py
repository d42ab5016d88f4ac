"""The doctor says how far parsers are confined on this machine, and whether that is enough."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import yaml

from doclake.extract.guard import guard

# The commands on a machine that gives no namespaces.
_WITHOUT_NAMESPACES = """
import json, sys
sys.path[:] = json.loads(sys.argv.pop(1))
import pyseccomp
rules = pyseccomp.SyscallFilter(defaction=pyseccomp.ALLOW)
rules.add_rule(pyseccomp.ERRNO(1), "unshare")
rules.load()
from doclake_dagster.pipelines.cli.app import main
main()
"""


@pytest.mark.slow
@pytest.mark.skipif(not guard.protections()["calls_confined"], reason="cannot be made to lack one")
def test_the_doctor_says_what_is_missing_and_fails_only_where_it_is_required(tmp_path):
    file = tmp_path / "doclake.yaml"
    (tmp_path / "documents").mkdir()
    for required in (False, True):
        settings = {"sources": {"notes": {"url": "documents"}}, "lake": "lake"}
        file.write_text(yaml.safe_dump(settings | {"limits": {"require_sandbox": required}}))
        command = ["--config", str(file), "doctor", "--json"]
        told = subprocess.run(
            [sys.executable, "-c", _WITHOUT_NAMESPACES, json.dumps(sys.path), *command],
            capture_output=True,
            text=True,
            check=False,
        )
        first, *findings = [json.loads(line) for line in told.stdout.splitlines()]
        missing = [name for name, stands in first["protections"].items() if not stands]
        assert "files_hidden" in missing
        assert [finding["check"] for finding in findings] == (["sandbox"] if required else [])
        assert told.returncode == int(required), told.stderr


def test_documents_that_gave_less_than_they_hold_are_told_and_break_nothing(short, command, capsys):
    short.run()
    assert command("doctor") == 0
    assert "no_chunk: notes: 2 documents held text" in " ".join(capsys.readouterr().err.split())


@pytest.mark.slow
@pytest.mark.skipif(not guard.protections()["calls_confined"], reason="cannot be made to lack one")
@pytest.mark.parametrize(("required", "state"), [(False, "warning"), (True, "failed")])
def test_doclake_check_says_so_too(tmp_path, required, state):
    (tmp_path / "doclake.yaml").write_text(f"limits: {{require_sandbox: {required}}}\n")
    command = ["--config", str(tmp_path), "check", "--json"]
    told = subprocess.run(
        [sys.executable, "-c", _WITHOUT_NAMESPACES, json.dumps(sys.path), *command],
        capture_output=True,
        text=True,
        check=False,
    )
    results = {row["check"]: row for row in map(json.loads, told.stdout.splitlines())}
    assert results["sandbox"]["state"] == state
    assert "files_hidden" in results["sandbox"]["found"]
