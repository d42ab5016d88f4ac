"""doclake watch"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from doclake.errors import DoclakeError, SettingsError
from doclake_dagster.pipelines.cli import console, ingest

if TYPE_CHECKING:
    from doclake.project import Project

SETTLED_MS = 300
"""How long nothing may change before a run starts: a file may still be on its way."""
LONGEST_MS = 5_000
"""After so long a run starts all the same."""


def command(
    source: Annotated[list[str] | None, typer.Option(help="Only this source; repeatable")] = None,
) -> None:
    """Ingest folders as soon as a file in them changes, until Ctrl-C.

    Other places do not tell of changes: `doclake dev` lists them again and again.
    """
    project = console.open_project()
    folders = _folders(project, source)
    ingest.run_sources(project, list(folders))
    console.err.print(f"Watching {', '.join(folders)}; Ctrl-C ends it.")
    for names in changed(folders, project.settings.lake_url):
        try:
            ingest.run_sources(console.open_project(), names)  # the settings may be others, too
        except DoclakeError as error:
            console.error(str(error))


def _folders(project: Project, chosen: list[str] | None) -> dict[str, Path]:
    """The folder of each source to watch; raises `SettingsError` where there is none."""
    for name in chosen or ():
        project.source(name)
    places = {
        name: project.settings.local_path(source.url)
        for name, source in project.settings.sources.items()
        if chosen is None or name in chosen
    }
    elsewhere = [name for name, place in places.items() if place is None]
    folders = {name: place for name, place in places.items() if place is not None}
    if (chosen and elsewhere) or not folders:
        raise SettingsError(
            f"No folder: {', '.join(elsewhere) or 'no source is configured'}.",
            mend="Only folders of this machine can be watched. `doclake dev` lists other places "
            "as often as their `observe_every` says.",
            problems=[(f"sources.{name}.url", "no folder", "a folder") for name in elsewhere],
        )
    missing = [name for name, folder in folders.items() if not folder.is_dir()]
    if missing:
        raise SettingsError(
            f"Not there: {', '.join(str(folders[name]) for name in missing)}.",
            mend="Make the folder, or correct its url.",
            problems=[(f"sources.{name}.url", "no such folder", "a folder") for name in missing],
        )
    return folders


def changed(
    folders: Mapping[str, Path], lake: str, stop: Callable[[], bool] = lambda: False
) -> Iterator[list[str]]:
    """The sources in whose folders something changed, each time that something did and then
    rested. What is written to the lake is no change."""
    from watchfiles import watch

    roots = {name: os.path.realpath(folder) for name, folder in folders.items()}

    def is_no_row(_: object, path: str) -> bool:
        return not path.startswith(f"{lake}{os.sep}")

    batches = watch(
        *roots.values(),
        watch_filter=is_no_row,
        debounce=LONGEST_MS,
        step=SETTLED_MS,
        rust_timeout=500,
        yield_on_timeout=True,
        raise_interrupt=True,
    )
    for changes in batches:
        if stop():
            return
        names = [
            name
            for name, root in roots.items()
            if any(path == root or path.startswith(f"{root}{os.sep}") for _, path in changes)
        ]
        if names:
            yield names
