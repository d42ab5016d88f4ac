"""Runs every check at once, each in its own thread, so that one that hangs hides no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from time import monotonic

from doclake.deadline import started
from doclake.errors import DoclakeError, SettingsError
from doclake.errors.foreign import in_words
from doclake.operate.check import (
    cluster,
    disk,
    embedding,
    lineage,
    machine,
    personal_data,
    principals,
    servers,
    sources,
    stores,
)
from doclake.operate.check.result import Result, failed, ok, warning
from doclake.project import Project

SECONDS = 120.0
"""How long all checks together may take; a model may have to be loaded."""


def examine(config: Path | None) -> Iterator[tuple[str, Result]]:
    """What each check found, by its name. Raises nothing."""
    try:
        project = Project.open(config)
    except SettingsError as error:
        for key, found, expected in error.problems:
            mark = "" if expected.endswith("?") else "."
            yield f"settings: {key}", failed(found, f"Expected: {expected}{mark}")
        return
    if project.settings.sources:
        yield "settings", ok(f"sources: {', '.join(project.settings.sources)}")
    else:
        yield "settings", warning("no source is configured", "Add one under `sources`.")
    begun = {name: started(check) for name, check in _checks(project).items()}
    end = monotonic() + SECONDS
    for name, future in begun.items():
        yield name, _result(future, max(0.0, end - monotonic()))


def _checks(project: Project) -> dict[str, Callable[[], Result]]:
    of_sources = {
        f"source {name}": partial(sources.source, project, name)
        for name in project.settings.sources
    }
    return {
        **of_sources,
        "lake": partial(stores.lake, project),
        "lake upgrades": partial(stores.upgrades, project),
        "search index": partial(stores.index, project),
        "disk of the lake": partial(disk.lake_folder, project),
        "temporary folder": partial(disk.temporary_folder, project),
        "embedding model": partial(embedding.model, project),
        "Ray cluster": partial(cluster.cluster, project),
        "Tesseract": partial(machine.tesseract, project),
        "vision server": partial(servers.server, project, "vision"),
        "transcription server": partial(servers.server, project, "transcription"),
        "chat server": partial(servers.server, project, "chat"),
        "embedding server": partial(servers.server, project, "embedding"),
        "key for personal data": partial(personal_data.key, project),
        "groups": partial(principals.groups, project),
        "sandbox": partial(machine.sandbox, project),
        "alerts": partial(machine.alerts, project),
        "OpenLineage": partial(lineage.lineage, project),
        "Dagster": partial(machine.dagster, project),
    }


def _result(future: Future[Result], seconds: float) -> Result:
    try:
        return future.result(seconds)
    except DoclakeError as error:
        return failed(error.message, error.mend)
    except TimeoutError as error:
        if not future.done():
            mend = "Look at what it waits for: a mount, a network, a server."
            return failed(f"no answer within {SECONDS:g} s", mend)
        return _unforeseen(error)
    except Exception as error:  # a check that fails is a finding, and hides no other
        return _unforeseen(error)


def _unforeseen(error: Exception) -> Result:
    return failed(in_words(error), "Mend what is named here.")
