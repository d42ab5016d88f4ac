"""doclake report"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from doclake.errors import SettingsError
from doclake_dagster.pipelines.cli import console
from doclake_dagster.pipelines.cli.console import Source


def command(
    output: Annotated[Path, typer.Option("--output", "-o", help="File of the page")],
    source: Source = None,
) -> None:
    """Write one page that a manager reads: what the lake holds, what failed and why, quality and
    drift over time, incidents, personal data, access, cost.

    Judges the quality and the drift of today first. The page works offline.
    """
    from doclake.govern import report_page
    from doclake.operate import quality_bounds
    from doclake.stages import drift

    project = console.open_project(source)
    names = [source] if source else list(project.settings.sources)
    for name in names:
        project.source(name)
    folder = _require_writable(output)
    with console.err.status("looking"):
        quality_bounds.quality_of(project, names)
        drift.run(project, names)
        page = report_page.page(project, names)
    _replace(output, folder, page)
    console.say(f"wrote {console.cell(output)}")


def _require_writable(file: Path) -> Path:
    """The folder of the file, in which one can be made."""
    folder = file.absolute().parent
    why = "it is a folder" if file.is_dir() else None
    if why is None:
        try:
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            why = error.strerror or "the folder takes no file"
    if why is not None:
        raise SettingsError(
            f"{file} cannot be written: {why}.",
            mend="Name a file in a folder that can be written.",
            problems=[("--output", str(file), "a file in a folder that can be written")],
        )
    return folder


def _replace(file: Path, folder: Path, page: str) -> None:
    """Whole or not at all."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(page)
        Path(name).chmod(0o640)  # it names documents of all readers
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
