"""A project with its lake in another place."""

from __future__ import annotations

import shutil
from pathlib import Path

from deltalake import DeltaTable

from doclake.project import Project
from doclake.sources import open_source, signatures
from doclake.tables.rows import strings


def copy_project(folder: Path, to: Path) -> Path:
    """The project as if it had always been there."""
    shutil.copytree(folder, to, symlinks=True)
    adopt(to)
    return to


def adopt(folder: Path) -> None:
    """Write the signatures of a copied project anew: a copy of a file has a time and a number of
    its own, by which the lake would take it for changed."""
    project = Project.open(folder)
    for name, settings in project.settings.sources.items():
        source = open_source(name, settings, project.settings)
        signed = [
            (path, signature)
            for batch in source.list()
            for path, signature in zip(strings(batch["path"]), signatures(batch), strict=True)
        ]
        cases = " ".join(f"WHEN {_quoted(path)} THEN {_quoted(sign)}" for path, sign in signed)
        for table in ("documents", "ledger"):
            DeltaTable(f"{project.lake.tables_url}/{table}").update(
                updates={"signature": f"CASE path {cases} ELSE signature END"},
                predicate=f"source = {_quoted(name)} AND signature IS NOT NULL",
            )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
