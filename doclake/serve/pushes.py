"""Pushed documents: a program puts a file into the folder of a source, if its settings let it.

Nothing is ingested here: the file is found as any other, by a sensor, by `doclake watch` or by the
next run. Who pushed what stands in the audit, and so does the key of each push.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Literal, NamedTuple

import pyarrow.compute as pc

from doclake import display, ids
from doclake.errors import BodyTooLarge, PushRefused, RequestForbidden, RequestInvalid
from doclake.lake import audit
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.settings import SourceSettings
from doclake.sources.selection import Selection
from doclake.sources.sidecars import governed

ACTION = "document_pushed"
Did = Literal["added", "replaced", "unchanged"]
_LONGEST = 1_024  # bytes of a path, as of a key in S3
_UNFINISHED = "._push-"  # a name that no source lists


class Place(NamedTuple):
    """Where a pushed document goes."""

    source: str
    root: Path
    file: Path


class Pushed(NamedTuple):
    doc_id: str
    sha256: str
    bytes: int
    did: Did


def place(project: Project, source: str, path: str, principals: tuple[str, ...]) -> Place:
    """Raises `RequestForbidden` unless the principals may push to the source, also where there is
    none of this name, `RequestInvalid` for a path that is no document of it, and `PushRefused` if
    it is no folder that is there."""
    settings = project.settings.sources.get(source)
    if settings is None or project.asker(principals).names.isdisjoint(settings.push):
        raise RequestForbidden(
            "You may not push documents there.",
            mend="The operator of this server can name your principal in push of the source.",
        )
    folder = project.settings.local_path(settings.url)
    if folder is None or not folder.is_dir():
        raise PushRefused(f"Source {source} is no folder that is there.", source=source)
    root = Path(os.path.realpath(folder))
    if _holds_ours(project, root):
        raise PushRefused(
            f"Source {source} holds the settings or the lake.",
            mend="Only a folder without them takes documents: name another one in its url.",
            source=source,
        )
    if why := _refuses(settings, path):
        raise RequestInvalid(f"This path is no document of {source}: {why}.")
    file = root / path
    if Path(os.path.realpath(file)) != file or file.is_dir():
        raise RequestInvalid(f"This path is no document of {source}: it leads elsewhere.")
    return Place(source, root, file)


def _holds_ours(project: Project, root: Path) -> bool:
    """Whether the lake or the settings lie in it: what was pushed there could change who may read
    what."""
    lake = project.settings.local_path(project.settings.lake)
    ours = [project.settings.config_dir, *([lake] if lake else [])]
    return any(Path(os.path.realpath(place)).is_relative_to(root) for place in ours)


def _refuses(settings: SourceSettings, path: str) -> str | None:
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts) or display.shown(path) != path:
        return "give names with / between them, without control characters"
    if len(os.fsencode(path)) > _LONGEST or any(len(os.fsencode(part)) > 255 for part in parts):
        return "it or a name in it is too long"
    if governed(parts[-1]) is not None:
        return "it would say who may read others"
    selection = Selection(settings.include, settings.exclude, settings.hidden)
    hidden = next(filter(None, map(selection.hides, parts)), None)
    return hidden or selection.leaves_out(path)


async def receive(where: Place, blocks: AsyncIterator[bytes], most: int) -> tuple[Path, str, int]:
    """The body in a file beside the others, under a name that nobody lists; its SHA-256 and size.
    Raises `BodyTooLarge`."""
    digest, size = hashlib.sha256(), 0
    with NamedTemporaryFile(dir=where.root, prefix=_UNFINISHED, delete=False) as stream:
        try:
            async for block in blocks:
                size += len(block)
                if size > most:
                    raise BodyTooLarge(f"The document has more than {most:,} bytes.")
                digest.update(block)
                stream.write(block)
            _to_disk(stream)
        except BaseException:
            Path(stream.name).unlink(missing_ok=True)
            raise
    return Path(stream.name), digest.hexdigest(), size


def _to_disk(stream: IO[bytes]) -> None:
    stream.flush()
    os.fsync(stream.fileno())


def keep(
    project: Project,
    where: Place,
    received: tuple[Path, str, int],
    principals: tuple[str, ...],
    *,
    key: str | None,
    replace: bool,
) -> Pushed:
    """Put the received file in its place, in one step. A push that is repeated with its key changes
    nothing, whatever came after it. Raises `PushRefused` for a key that came with other bytes, and
    for a document that is there, unless it is to be replaced."""
    unfinished, digest, size = received
    path = where.file.relative_to(where.root).as_posix()
    doc_id = ids.doc_id(where.source, path)
    by = " ".join(sorted(principals)) or "nobody named"
    try:
        if key is not None and _is_repeated(project, where.source, doc_id, by, key, digest):
            return Pushed(doc_id, digest, size, "unchanged")
        did = _did(where.file, digest, replace)
        if did != "unchanged":
            where.file.parent.mkdir(parents=True, exist_ok=True)
            unfinished.chmod(0o644)
        if did == "replaced":
            unfinished.replace(where.file)
        elif did == "added" and not _linked(unfinished, where.file):
            did = _did(where.file, digest, replace=False)  # another was faster
    except OSError as error:
        why = error.strerror or "it cannot be written"
        raise PushRefused(
            f"{where.source} takes no document: {why}.", source=where.source
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
    reason = _reason(doc_id, by, key, digest) if key is not None else None
    audit.note(
        project.lake,
        action=ACTION,
        source=where.source,
        subject_id=doc_id,
        rows=1,
        by=by,
        reason=reason,
    )
    return Pushed(doc_id, digest, size, did)


def _linked(unfinished: Path, file: Path) -> bool:
    """Put it there, unless something is: to look first would let two pushes pass at once."""
    try:
        os.link(unfinished, file)
    except FileExistsError:
        return False
    return True


def _did(file: Path, digest: str, replace: bool) -> Did:
    if not file.exists():
        return "added"
    with file.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() == digest:
            return "unchanged"
    if not replace:
        raise PushRefused(
            "Another document is there.", mend="Push it with replace=true, or under another path."
        )
    return "replaced"


def _reason(doc_id: str, by: str, key: str, digest: str) -> str:
    return f"{ids.digest('push', by, key)} {ids.digest('pushed', doc_id, digest)}"


def _is_repeated(
    project: Project, source: str, doc_id: str, by: str, key: str, digest: str
) -> bool:
    rows = project.lake.read("audit", Scope(source, where={"action": [ACTION]}), ["reason"])
    reason = _reason(doc_id, by, key, digest)
    known = pc.drop_null(rows["reason"]).to_pylist()
    if any(each.split()[0] == reason.split()[0] and each != reason for each in known):
        raise PushRefused("This key came with another document.", mend="Give each push its own.")
    return reason in known
