"""No file of a table but those of today."""

from __future__ import annotations

from datetime import timedelta

from doclake.lake import locks
from doclake.lake.iceberg import forget
from doclake.project import Project


def purge(project: Project, name: str) -> int:
    """Remove every file that no row of today needs, and say how many. Also from an Iceberg table
    over the same files, which would miss them. Raises `LakeError`."""
    lake, nothing = project.lake, timedelta(0)
    with locks.table(lake, name):
        forget.before_vacuum(lake, name, nothing, project.settings.iceberg_tables)
        return lake.vacuum(name, nothing)
