"""The quick-starts are done as they stand, and show what their commands print.

    DOCLAKE_WRITE_EXPECTED=1 .venv/bin/pytest tests/docs/test_quickstarts.py

writes what they print now; the change is then reviewed as a diff.
"""

from __future__ import annotations

import difflib
import html
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.copied import copy_project
from tests.docs import console
from tests.extract.scanned import require_models

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "quickstart"
WRITE = os.environ.get("DOCLAKE_WRITE_EXPECTED") == "1"
ACCEPT = "DOCLAKE_WRITE_EXPECTED=1 .venv/bin/pytest tests/docs/test_quickstarts.py"
QUICKSTARTS = sorted(page.name for page in PAGES.glob("*.md"))

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def _environment() -> dict[str, str]:
    """A terminal of 100 columns in which this Python's programs come first."""
    ours = ("DOCLAKE_", "DAGSTER_")
    known = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return known | {"PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "DO_NOT_TRACK": "1"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make demo` leaves, in a folder of its own."""
    require_models()  # the scan is read, or figures are others
    folder = tmp_path_factory.mktemp("demo") / "project"
    shutil.copytree(ROOT / "samples", folder / "samples")
    for name in ("doclake.yaml", "dagster.yaml"):
        shutil.copy(ROOT / name, folder)
    command = ["doclake", "ingest"]
    subprocess.run(command, cwd=folder, env=_environment(), check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("name", QUICKSTARTS)
def test_a_quickstart_shows_what_its_commands_print(name, tmp_path, request):
    over_samples = "`make demo`" in (PAGES / name).read_text("utf-8")
    demo = request.getfixturevalue("demo") if over_samples else None
    hold(PAGES / name, copy_project(demo, tmp_path / "project") if demo else tmp_path)


def hold(page: Path, folder: Path) -> None:
    told = page.read_text("utf-8")
    now = console.done(told, folder, _environment())
    if WRITE:
        page.write_text(now, "utf-8")
        return
    lines = [console.steady(text).splitlines() for text in (told, now)]
    diff = "\n".join(difflib.unified_diff(*lines, "shown", "printed", lineterm="", n=1))
    if diff:
        pytest.fail(f"{diff}\nTo accept it: {ACCEPT}", pytrace=False)


def test_the_recording_shows_what_its_searches_print(demo):
    shown = _lines(ROOT / "docs" / "images" / "demo.svg")
    commands = runpy.run_path(str(ROOT / "samples" / "record.py"))["COMMANDS"]
    assert [f"$ {command}" for command in commands] == [line for line in shown if line[:1] == "$"]
    searches = [command for command in commands if "search" in command]
    page = "".join(f"```console\n$ {command}\n```\n" for command in searches)
    told = _run_on(shown)
    for printed in console.done(page, demo, _environment()).splitlines():
        assert printed[:3] == "```" or _run_on([printed]) in told


def _run_on(lines: list[str]) -> str:
    """A picture breaks long lines."""
    return " ".join(" ".join(map(console.steady, lines)).split())


def _lines(picture: Path) -> list[str]:
    """The lines of a recording, from the pieces that it draws."""
    pieces: dict[float, list[str]] = {}
    for x, y, text in re.findall(
        r'x="([\d.]+)" y="([\d.]+)" textL[^>]*>([^<]+)<', picture.read_text()
    ):
        line = pieces.setdefault(float(y), [])
        blanks = round(float(x) / 12.2) - sum(map(cell_len, line))
        line += [" " * blanks, html.unescape(text).replace("\xa0", " ")]
    return ["".join(line).rstrip() for line in pieces.values()]
