"""Whether there is room for the largest document that the limits allow."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from doclake.operate.check.result import Result, failed, ok, warning
from doclake.project import Project

_MB = 1 << 20


def temporary_folder(project: Project) -> Result:
    """Each worker holds a document here."""
    settings = project.settings
    file_mb, workers = settings.limits.file_mb, settings.processing.workers
    with tempfile.TemporaryDirectory(prefix="doclake-check-") as folder:
        free = _free_mb(Path(folder))
    found = f"{free:,} MB free in {tempfile.gettempdir()}"
    if free < file_mb:
        return failed(
            f"{found}, less than one document of limits.file_mb, {file_mb:,}",
            "Free space, let TMPDIR name a larger folder, or lower limits.file_mb.",
        )
    if free < file_mb * workers:
        return warning(
            f"{found}, less than {workers} documents of limits.file_mb, {file_mb:,}",
            "Free space, let TMPDIR name a larger folder, or lower processing.workers.",
        )
    return ok(found)


def lake_folder(project: Project) -> Result:
    """Text, tables and vectors of a document stay here, far less than its own size."""
    limits = project.settings.limits
    if "://" in project.lake.url:
        return ok("the lake is in an object store")
    free = _free_mb(_standing(Path(project.lake.url)))
    found = f"{free:,} MB free at {project.lake.url}"
    if free < limits.output_mb:
        return failed(
            f"{found}, less than one document may give: limits.output_mb, {limits.output_mb:,}",
            "Free space, or let `lake` name a larger place.",
        )
    if free < limits.file_mb:
        return warning(
            f"{found}, less than one document of limits.file_mb, {limits.file_mb:,}",
            "Free space, or let `lake` name a larger place.",
        )
    return ok(found)


def _standing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(above for above in (folder, *folder.parents) if above.exists())


def _free_mb(folder: Path) -> int:
    return shutil.disk_usage(folder).free // _MB
