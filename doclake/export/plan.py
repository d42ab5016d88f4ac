"""What an export will be made of: a request, and the tables as they stood at a moment."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from doclake.errors import LakeError
from doclake.export import decontamination
from doclake.export.decontamination import Runs
from doclake.export.manifest import Manifest
from doclake.export.selection import tables_read
from doclake.lake.snapshot import Snapshot
from doclake.project import Project
from doclake.settings import ExportSettings
from doclake.sql.readable import Reader


@dataclass(frozen=True)
class Export:
    """`draft` is its manifest as far as it is known before a row is read."""

    project: Project
    request: ExportSettings
    snapshot: Snapshot
    reader: Reader
    runs: Runs
    draft: Manifest


def planned(project: Project, request: ExportSettings, again: Manifest | None = None) -> Export:
    """What an export will be made of: the tables as they stand now, or as `again` says. Raises
    `SettingsError`, `GroupsUnknown`, `ExportRefused`, `LakeVersionGone`."""
    project = project.today()
    for name in {*request.sources, *request.mixture.weights, *request.mixture.caps}:
        project.source(name)
    files = [(name, _local(project, name)) for name in request.decontaminate]
    runs, sets = decontamination.read(files)
    reader = Reader.of(project, request.principals)
    if project.lake.version("chunks") is None:
        raise LakeError("No chunk has been written yet.", mend="Run `doclake ingest` first.")
    if again is None:
        snapshot = Snapshot.now(project.lake, tables_read(request))
    else:
        snapshot = Snapshot(project.lake, again.tables)
        snapshot.require_there()
    sources = request.sources or project.settings.sources
    draft = Manifest(
        request=request,
        tables=snapshot.marks,
        recipes={},
        readers={name: list(project.source(name).access) for name in sorted(sources)},
        names=list(reader.values["names"]),
        evaluation=[asdict(one) for one in sets],
    )
    return Export(project, request, snapshot, reader, runs, draft)


def _local(project: Project, name: str) -> Path:
    path = project.settings.local_path(name)
    assert path is not None  # the settings take no URL
    return path
