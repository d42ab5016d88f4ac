"""A program of the operator prints an answer, within its limits."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from doclake.programs import ProgramFailed, printed


def _run(code: str, folder: Path, **changes) -> bytes:
    options = {"folder": folder, "seconds": 20.0, "most": 1_000_000} | changes
    return printed([sys.executable, "-c", code], **options)


def test_what_it_prints_is_given_whole(tmp_path):
    code = "import os, sys; print(os.getcwd(), sys.stdin.read() * 100_000)"
    expected = f"{tmp_path} {'한글' * 100_000}\n".encode()
    assert _run(code, tmp_path, given="한글".encode()) == expected


def test_one_that_waits_is_killed_with_what_it_has_started(tmp_path):
    code = (
        "import subprocess, sys; p = subprocess.Popen(['sleep', '60'])\n"
        "open('pid', 'w').write(str(p.pid)); p.wait()"
    )
    with pytest.raises(ProgramFailed, match="no answer within 1 s"):
        _run(code, tmp_path, seconds=1)
    started = int((tmp_path / "pid").read_text())
    end = time.monotonic() + 5
    while _is_alive(started) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _is_alive(started)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_one_that_prints_without_end_is_killed_at_the_limit(tmp_path):
    code = "import sys\nwhile True: sys.stdout.write('x' * 65536)"
    began = time.monotonic()
    with pytest.raises(ProgramFailed, match="more than 100,000 bytes"):
        _run(code, tmp_path, most=100_000)
    assert time.monotonic() - began < 10


def test_one_that_fails_tells_the_last_line_it_says_without_secrets(tmp_path):
    code = "import sys; print('x' * 100_000, '\\nbind password=hunter2hunter2\\n', file=sys.stderr)"
    with pytest.raises(ProgramFailed, match="exit status 3") as failed:
        _run(f"{code}; sys.exit(3)", tmp_path)
    assert failed.value.status == 3
    assert failed.value.said == "bind password=***"


def test_one_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ProgramFailed, match="cannot be started"):
        printed(["no-such-program"], folder=tmp_path, seconds=5, most=1)
