"""One document in a confined child: what goes in, what came of it.

`Guard.run` may be called from several threads. It never raises for a document: however a child
ends is an `Outcome`.
"""

from __future__ import annotations

import itertools
import os
import queue
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from doclake.extract import result, sandbox
from doclake.extract.place import DOCUMENT, WORK, Place
from doclake.extract.result import Outcome
from doclake.extract.supervision import Supervision
from doclake.settings import ExtractRecipe, Limits

REUSE = 16  # documents of one source that a child handles at most
DETECT, LOAD = "doclake.extract.detect:media_type", "doclake.extract.formats:load"


@dataclass(frozen=True, slots=True)
class Task:
    """One document for a child. `file` is moved into the child's folder."""

    file: Path
    name: str
    place: Place
    recipe: ExtractRecipe
    limits: Limits
    password: str | None = None


def protections() -> dict[str, bool]:
    """Which protections stand on this machine, by name."""
    return sandbox.available()


class Guard:
    """Owns the children and the workspace.

    `workers` children at most, each for up to `reuse` documents of one source (1: a fresh one for
    every document). `detect` and `load` are named `module:function`.
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
        for _ in range(workers):
            self._folders.put(self._new_folder())

    def __enter__(self) -> Guard:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def end_children(self) -> None:
        """End every child. Calls of `run` then return at once, with `ParserCrashed`."""
        self._supervision.close()

    def close(self) -> None:
        """End every child and remove every file; no thread may be in `run` any more."""
        self.end_children()
        shutil.rmtree(self._workspace, ignore_errors=True)

    def put(self, data: bytes) -> Path:
        """Write the bytes of a document to a private file, for `Task.file`."""
        file = self._workspace / f"in-{next(self._numbers)}"
        file.write_bytes(data)
        return file

    def run(self, task: Task) -> Outcome:
        """Extract one document; takes at most its time limit and a moment. Waits for a child if
        `workers` are at work."""
        folder = self._folders.get()
        try:
            outcome = self._attempt(task, folder, programs=False)
            if outcome.needs_program:
                (folder / DOCUMENT).rename(task.file)
                outcome = self._attempt(task, folder, programs=True)
        finally:
            self._folders.put(folder if _cleared(folder) else self._new_folder())
        return outcome

    def _new_folder(self) -> Path:
        folder = self._workspace / str(next(self._numbers))
        (folder / WORK).mkdir(parents=True, mode=0o700)
        return folder

    def _attempt(self, task: Task, folder: Path, *, programs: bool) -> Outcome:
        request = {
            "folder": str(folder),
            "file": str(task.file),
            "source": task.place.source,
            "timeout": task.limits.timeout_seconds,
            "task": {
                "name": task.name,
                "place": asdict(task.place),
                "recipe": task.recipe.model_dump(mode="json"),
                "limits": task.limits.model_dump(mode="json"),
                "password": task.password,
                "programs": programs,
                **self._functions,
            },
        }
        answer = self._supervision.submit(request).result()
        outcome = result.outcome(answer, folder, task.limits, self.put)
        self._supervision.inherit(outcome.modules)
        return outcome


def _cleared(folder: Path) -> bool:
    """Remove what a document left. The folders themselves stay: a child's rights hang on them."""
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
