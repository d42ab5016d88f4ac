"""Whether a source can be listed, and how much it lists."""

from __future__ import annotations

from doclake.display import number_of
from doclake.operate.check.result import Result, ok, warning
from doclake.project import Project

COUNT_SECONDS = 3.0


def source(project: Project, name: str) -> Result:
    """Raises `SourceError` or `SettingsError`."""
    settings = project.source(name)
    opened = project.open_source(name, read_only=True)
    documents, are_all = opened.count(COUNT_SECONDS)
    if documents:
        number = number_of(documents, "document")
        found = f"{'' if are_all else 'at least '}{number} in {settings.url}"
        if settings.access:
            return ok(found)
        return warning(
            f"{found}, which no search finds: nobody may read them",
            f"Name who may under sources.{name}.access, such as [everyone].",
        )
    left_out = opened.left_out.total()
    if left_out:
        return warning(
            f"no document in {settings.url}: the globs leave out all that is there ({left_out:,})",
            f"Correct include, exclude or hidden of sources.{name}.",
        )
    return ok(f"{settings.url} is empty, as `allow_empty` allows")
