"""Parses documents in confined workers.

`Guard.run` may be called from several threads. It never raises for a document: every ending
of a worker is a `Reply`.
"""

from __future__ import annotations

import itertools
import os
import queue
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from doclake.extract.document import ExtractedDocument, Identity
from doclake.extract.guard import reply, sandbox
from doclake.extract.guard.client import Answer, Supervision
from doclake.extract.guard.protocol import DOCUMENT, WORK
from doclake.extract.guard.reply import Asked, Reply
from doclake.extract.limits import for_scans
from doclake.fingerprints import ByMediaType
from doclake.settings import ExtractRecipe, Limits, Processing

# Most documents of one source that a worker handles. A fresh worker costs some 20 ms at once and
# as much again in memory pages that it copies as it touches them: 17 ms for each PDF over 16
# documents, 7 ms over 64.
REUSE: int = Processing.model_fields["documents_per_child"].default
DETECT, LOAD = "doclake.extract.detect.media_type:media_type", "doclake.extract.registry:load"


@dataclass(frozen=True, slots=True)
class Task:
    """One document for a worker. `file` is moved into the worker's folder."""

    file: Path
    name: str
    identity: Identity
    recipe: ExtractRecipe
    fingerprints: ByMediaType
    limits: Limits
    password: str | None = None


@dataclass(frozen=True, slots=True)
class Short:
    """A document that goes to a worker together with others."""

    name: str
    identity: Identity
    data: bytes


def protections() -> dict[str, bool]:
    """Which protections stand on this machine, by name."""
    return sandbox.available()


class Guard:
    """Owns the workers and the workspace.

    At most `workers` run at once, each for up to `reuse` documents of one source (1: a fresh one
    for every document). `detect` and `load` are named `module:function`.
    """

    def __init__(
        self, workers: int, *, reuse: int = REUSE, detect: str = DETECT, load: str = LOAD
    ) -> None:
        self._functions = {"detect": detect, "load": load}
        self._workspace = Path(tempfile.mkdtemp(prefix="doclake-")).resolve()
        self._numbers = itertools.count()
        modules = [place.split(":")[0] for place in (detect, load)]
        self._supervision = Supervision(self._workspace, modules, reuse)
        self._folders: queue.LifoQueue[Path] = queue.LifoQueue()
        self._suspects: set[Path] = set()  # folders whose worker must not get another document
        for _ in range(workers):
            self._folders.put(self._new_folder())

    def __enter__(self) -> Guard:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def end_workers(self) -> None:
        """End every worker. Calls of `run` then return at once, with `ParserCrashed`."""
        self._supervision.close()

    def close(self) -> None:
        """End every worker and remove every file. No thread may still be in `run`."""
        self.end_workers()
        shutil.rmtree(self._workspace, ignore_errors=True)

    def put(self, data: bytes) -> Path:
        """Write the bytes of a document to a private file, for `Task.file`."""
        file = self.new_file()
        file.write_bytes(data)
        return file

    def new_file(self) -> Path:
        """Where the bytes of a document may be written, for `Task.file`."""
        return self._workspace / f"in-{next(self._numbers)}"

    def run(self, task: Task) -> Reply:
        """Extract one document. Takes at most a moment longer than its time limit (that of
        `limits.for_scans` if it has scanned pages). Waits for a free worker."""
        with self._folder() as folder:
            outcome = self._attempt(task, folder)
            if outcome.scanned_pages:
                (folder / DOCUMENT).rename(task.file)
                task = replace(task, limits=for_scans(task.limits, outcome.scanned_pages))
                outcome = self._attempt(task, folder)
        return outcome

    def run_batch(
        self,
        documents: list[Short],
        recipe: ExtractRecipe,
        fingerprints: ByMediaType,
        limits: Limits,
    ) -> list[ExtractedDocument | None]:
        """Extract short documents of one source together; None for each that must be done by
        itself. Takes little more than the time limit of one document."""
        if not documents:
            return []
        members = [{"name": short.name, "size": len(short.data)} for short in documents]
        asked = [Asked(short.identity, fingerprints, limits) for short in documents]
        source = documents[0].identity.source
        file = self.put(b"".join(short.data for short in documents))
        task = {"batch": members, "password": None}
        with self._folder() as folder:
            answer = self._ask(file, folder, source, task, recipe, limits)
            try:
                extracted, modules = reply.read_batch(answer, folder, asked)
            except reply.UNREADABLE:
                self._suspects.add(folder)
                return [None] * len(documents)
        self._supervision.inherit(modules)
        return extracted

    @contextmanager
    def _folder(self) -> Iterator[Path]:
        """The folder of a worker, as soon as one is free."""
        folder = self._folders.get()
        try:
            yield folder
        finally:
            self._folders.put(folder if _cleared(folder) else self._new_folder())

    def _new_folder(self) -> Path:
        folder = self._workspace / str(next(self._numbers))
        (folder / WORK).mkdir(parents=True, mode=0o700)
        return folder

    def _attempt(self, task: Task, folder: Path) -> Reply:
        facts = {"name": task.name, "password": task.password}
        source = task.identity.source
        answer = self._ask(task.file, folder, source, facts, task.recipe, task.limits)
        asked = Asked(task.identity, task.fingerprints, task.limits)
        outcome = reply.read(answer, folder, asked, self.put)
        self._supervision.inherit(outcome.modules)
        if outcome.suspect:
            self._suspects.add(folder)
        return outcome

    def _ask(
        self,
        file: Path,
        folder: Path,
        source: str,
        task: dict[str, Any],
        recipe: ExtractRecipe,
        limits: Limits,
    ) -> Answer | None:
        fresh = folder in self._suspects  # only the thread that holds a folder uses its entry
        self._suspects.discard(folder)
        request = {
            "folder": str(folder),
            "fresh": fresh,
            "file": str(file),
            "source": source,
            "timeout": limits.timeout_seconds,
            "task": {**task, **self._functions, **_settings(recipe, limits)},
        }
        return self._supervision.submit(request).result()


@lru_cache(maxsize=8)
def _settings(recipe: ExtractRecipe, limits: Limits) -> dict[str, Any]:
    return {"recipe": recipe.model_dump(mode="json"), "limits": limits.model_dump(mode="json")}


def _cleared(folder: Path) -> bool:
    """Remove what a document left. The folders stay: the rights of a worker hang on them."""
    try:
        (folder / DOCUMENT).unlink(missing_ok=True)
        for entry in os.scandir(folder / WORK):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            else:
                Path(entry.path).unlink()
    except OSError:
        return False
    return True
