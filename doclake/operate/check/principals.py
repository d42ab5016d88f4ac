"""Whether it can be said who belongs to which groups."""

from __future__ import annotations

from doclake.operate.check.result import Result, ok
from doclake.project import Project


def groups(project: Project) -> Result:
    """Raises `GroupsUnknown`."""
    section = project.settings.principals
    if not section.file and not section.command:
        return ok("not needed: neither principals.file nor principals.command is set")
    known = project.directory.groups(project.settings)
    place = section.file or section.command[0]
    members = len(known.above.keys() - known.names)
    return ok(f"{members:,} members in {len(known.names):,} groups, from {place}")
