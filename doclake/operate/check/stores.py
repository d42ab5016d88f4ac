"""Whether the lake can be written, and whether lake and index are as today's version makes them."""

from __future__ import annotations

from doclake.index import switch
from doclake.index.index import SearchIndex
from doclake.lake.lake import Lake
from doclake.lake.probe import probe
from doclake.lake.upgrades.apply import pending
from doclake.operate.check.result import Result, ok, warning
from doclake.project import Project


def lake(project: Project) -> Result:
    """Raises `LakeError`."""
    probe(project.lake)
    return ok(f"{project.lake.url} can be written and read")


def upgrades(project: Project) -> Result:
    """Raises `LakeError`."""
    steps = pending(Lake(project.lake.url))  # which takes none, unlike the project's own
    if not steps:
        return ok("none is due")
    return warning(
        f"an older version wrote the lake; due: {', '.join(steps)}",
        "Nothing by hand: the next command that opens the lake takes them. Until it has run well, "
        "keep a copy.",
    )


def index(project: Project) -> Result:
    """Raises `IndexStateError`."""
    state = SearchIndex(project.lake).state()
    if state is None:
        return ok("no index yet")
    held = switch.told(state)
    if held:
        return warning(*held)
    if project.model not in (None, state.model):
        return warning(
            f"searches use {state.embedding['model']}, "
            f"the settings say {project.settings.embedding.model}",
            "doclake ingest: the new model takes over when every chunk has its vector.",
        )
    return ok(f"vectors of {state.embedding['model']}")
