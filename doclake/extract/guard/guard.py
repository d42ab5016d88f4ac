"""Parses documents in confined workers.

`Guard.run` may be called from several threads. It never raises for a document: every ending
of a worker is a `Reply`.
"""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from doclake.extract.document import ExtractedDocument, Identity
from doclake.extract.failure import failure_of
from doclake.extract.guard import reply, sandbox
from doclake.extract.guard.client import Answer, Supervision
from doclake.extract.guard.folders import Folders
from doclake.extract.guard.protocol import DOCUMENT
from doclake.extract.guard.reply import Asked, Reply
from doclake.extract.limits import for_scans
from doclake.extract.receiving import store
from doclake.fingerprints import ByMediaType
from doclake.settings import ExtractRecipe, Limits, Processing
from doclake.workspaces.workspace import Workspace

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
    shown: bool = False


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
    for every document). `detect` and `load` are named `module:function`. Raises `SandboxMissing`
    if all protections are `required` and this machine lacks one.
    """

    def __init__(
        self,
        workers: int,
        *,
        reuse: int = REUSE,
        detect: str = DETECT,
        load: str = LOAD,
        required: bool = False,
    ) -> None:
        if required:
            sandbox.require()
        self._functions = {"detect": detect, "load": load}
        self._workspace = Workspace()
        modules = [place.split(":")[0] for place in (detect, load)]
        self._supervision = Supervision(self._workspace.path, modules, reuse, required)
        self._folders = Folders(self._workspace.path, workers)

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
        self._folders.close()
        self._workspace.close()

    def put(self, data: bytes) -> Path:
        """Write the bytes of a document to a private file, for `Task.file`. Raises `NoSpace`."""
        file = self.new_file()
        store([data], file)
        return file

    def new_file(self) -> Path:
        """Where the bytes of a document may be written, for `Task.file`."""
        return self._workspace.path / secrets.token_hex(8)

    def run(self, task: Task) -> Reply:
        """Extract one document. Takes at most a moment longer than its limit on the clock (that
        of `limits.for_scans` if it has scanned pages). Waits for a free worker."""
        asked = Asked(task.identity, task.fingerprints, task.limits)
        try:
            with self._folders.lent() as folder:
                outcome = self._attempt(task, folder, asked)
                if outcome.scanned_pages:
                    (folder / DOCUMENT).rename(task.file)
                    granted = for_scans(task.limits, outcome.scanned_pages)
                    asked = replace(asked, limits=granted, may_ask=False)
                    outcome = self._attempt(replace(task, limits=granted), folder, asked)
        except Exception as error:  # whatever goes wrong with one document is its failure alone
            outcome = Reply(asked.document(None, error=failure_of(error)))
        finally:
            _discard(task.file)
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
        try:
            return self._run_batch(documents, recipe, fingerprints, limits)
        except Exception:  # it is raised again, and told, where the document is by itself
            return [None] * len(documents)

    def _run_batch(
        self,
        documents: list[Short],
        recipe: ExtractRecipe,
        fingerprints: ByMediaType,
        limits: Limits,
    ) -> list[ExtractedDocument | None]:
        members = [{"name": short.name, "size": len(short.data)} for short in documents]
        asked = [Asked(short.identity, fingerprints, limits) for short in documents]
        source = documents[0].identity.source
        file = self.put(b"".join(short.data for short in documents))
        task = {"batch": members, "password": None, "shown": False}
        try:
            with self._folders.lent() as folder:
                answer = self._ask(file, folder, source, task, recipe, limits)
                outcome = reply.read_batch(answer, folder, asked)
                if outcome.suspect:
                    self._folders.spoiled.add(folder)
        finally:
            _discard(file)
        self._supervision.inherit(outcome.modules)
        return outcome.documents

    def _attempt(self, task: Task, folder: Path, asked: Asked) -> Reply:
        facts = {"name": task.name, "password": task.password, "shown": task.shown}
        source = task.identity.source
        answer = self._ask(task.file, folder, source, facts, task.recipe, task.limits)
        outcome = reply.read(answer, folder, asked, self.new_file)
        self._supervision.inherit(outcome.modules)
        if outcome.suspect:
            self._folders.spoiled.add(folder)
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
        fresh = folder in self._folders.spoiled
        self._folders.spoiled.discard(folder)
        request = {
            "folder": str(folder),
            "fresh": fresh,
            "file": str(file),
            "source": source,
            "cpu": limits.timeout_seconds,
            "wall": limits.timeout_seconds * limits.wall_clock_factor,
            "task": {**task, **self._functions, **_settings(recipe, limits)},
        }
        return self._supervision.submit(request).result()


@lru_cache(maxsize=8)
def _settings(recipe: ExtractRecipe, limits: Limits) -> dict[str, Any]:
    return {"recipe": recipe.model_dump(mode="json"), "limits": limits.model_dump(mode="json")}


def _discard(file: Path) -> None:
    """Remove a document that no worker has taken."""
    with contextlib.suppress(OSError):
        file.unlink(missing_ok=True)
