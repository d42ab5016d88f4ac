"""Writes an export, whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from doclake.errors import ExportDiffers, ExportRefused
from doclake.errors.foreign import in_words
from doclake.export import making, manifest
from doclake.export.manifest import Manifest
from doclake.export.plan import Export
from doclake.export.writers import DATA
from doclake.lake import audit
from doclake.progress import Progress, silent
from doclake.sql.engine import Engine
from doclake.tables.audit import EXPORT


def write(
    export: Export, target: Path, *, progress: Progress = silent, again: Manifest | None = None
) -> Manifest:
    """Make it at `target`, which is not there or an empty folder; its manifest. Whatever goes
    wrong, nothing is left there. With `again` it must be what that manifest says.

    Raises `ExportRefused`, `ExportDiffers`, `StatementRefused`, `LakeError`.
    """
    with _in_one_step(target) as folder, Engine() as engine:
        drawn = making.draw(export, engine, progress)
        _note(export, drawn.manifest)  # first: who stops the export here has no row
        made = making.write(drawn, folder, progress)
        if again is not None and (differ := manifest.differences(again, made)):
            raise ExportDiffers(
                f"The export is not what it was: {'; '.join(differ)}.",
                mend="Nothing was written. Ask for the rows of today without --manifest.",
                differences=differ,
            )
    return made


def _note(export: Export, drawn: Manifest) -> None:
    """Who takes how many rows of which source, as of searches that give them."""
    rows = [
        audit.row(
            EXPORT,
            source,
            drawn.export_id,
            figures["rows"],
            asked_as=export.request.principals,
        )
        for source, figures in drawn.sources.items()
    ]
    audit.add(export.project.lake, rows)


@contextmanager
def _in_one_step(target: Path) -> Iterator[Path]:
    """A folder beside `target` that takes its place at the end; what killed exports left there is
    removed. Raises `ExportRefused`."""
    if target.is_file() or (target.is_dir() and any(target.iterdir())):
        raise ExportRefused(
            f"{target} is there already.",
            mend="Name a folder that is empty, or not there.",
            problems=[("--output", str(target), "an empty folder, or none")],
        )
    part = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _forget_killed(target.parent)
        with FileLock(f"{part}.lock", timeout=0):
            shutil.rmtree(part, ignore_errors=True)
            (part / DATA).mkdir(parents=True)
            try:
                yield part
                part.replace(target)  # an empty folder there is replaced
            finally:
                _remove(part)
    except Timeout:
        raise ExportRefused(
            f"Another export is being written to {target}.", mend="Wait for it, or name another."
        ) from None
    except OSError as error:
        raise ExportRefused(
            f"{target} cannot be written: {in_words(error, str(target))}.",
            mend="Name a folder that can be written.",
        ) from error


def _forget_killed(folder: Path) -> None:
    """Remove what exports to this folder left that nobody is writing any more: that of an asset has
    another name each time."""
    for lock in folder.glob(".*.part.lock"):
        with suppress(Timeout), FileLock(lock, timeout=0):
            _remove(lock.with_suffix(""))


def _remove(part: Path) -> None:
    shutil.rmtree(part, ignore_errors=True)
    Path(f"{part}.lock").unlink(missing_ok=True)
