"""One document in one fresh, confined child: what goes in, what came of it.

`Guard.run` may be called from several threads. It never raises for a document: however a child
ends is an `Outcome`. What a child leaves is read as the word of a stranger: JSON and Arrow, sizes
checked, links not followed.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import stat
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from doclake import errors, ids
from doclake.errors import DocumentError
from doclake.extract import sandbox
from doclake.extract.place import (
    CHILDREN,
    DOCUMENT,
    ELEMENTS,
    LOG,
    OUT_OF_MEMORY,
    RESULT,
    WORK,
    Place,
)
from doclake.extract.supervision import Answer, Supervision
from doclake.schemas import ELEMENTS as SCHEMA
from doclake.settings import ExtractRecipe, Limits

DETECT, LOAD = "doclake.extract.detect:media_type", "doclake.extract.formats:load"
_MIB = 1 << 20
_LARGEST_HEADER = 64 * _MIB


@dataclass(frozen=True, slots=True)
class Task:
    """One document for one child. `file` is moved into the child's folder."""

    file: Path
    name: str
    place: Place
    recipe: ExtractRecipe
    limits: Limits
    password: str | None = None


@dataclass(slots=True)
class Outcome:
    """What became of a task. `children` are (name, file) inside `folder`; `close` removes it."""

    folder: Path
    error: DocumentError | None = None
    media_type: str | None = None
    title: str | None = None
    pages: int | None = None
    pages_with_text: int | None = None
    pages_with_elements: int | None = None
    elements: pa.Table = field(default_factory=SCHEMA.empty_table)
    children: list[tuple[str, Path]] = field(default_factory=list)
    seconds: float = 0.0
    peak_mb: float = 0.0

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def protections() -> dict[str, bool]:
    """Which protections stand on this machine, by name."""
    return sandbox.available()


class Guard:
    """Owns the children and the workspace. `detect` and `load` are named `module:function`."""

    def __init__(self, *, detect: str = DETECT, load: str = LOAD) -> None:
        self._functions = {"detect": detect, "load": load}
        self._workspace = Path(tempfile.mkdtemp(prefix="doclake-")).resolve()
        self._numbers = itertools.count()
        self._supervision = Supervision(
            self._workspace, [place.split(":")[0] for place in (detect, load)]
        )

    def __enter__(self) -> Guard:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End every child and remove every file. Calls still running get `ParserCrashed`."""
        self._supervision.close()
        shutil.rmtree(self._workspace, ignore_errors=True)

    def put(self, data: bytes) -> Path:
        """Write the bytes of a document to a private file, for `Task.file`."""
        file = self._workspace / f"in-{next(self._numbers)}"
        file.write_bytes(data)
        return file

    def take(self, file: Path) -> tuple[Path, str, int]:
        """Take over a file that a child left: its new place, SHA-256 and size."""
        mine = self._workspace / f"in-{next(self._numbers)}"
        data = _read(file, 1 << 40)
        mine.write_bytes(data)
        return mine, ids.content_hash(data), len(data)

    def run(self, task: Task) -> Outcome:
        """Extract one document; takes at most its time limit and a moment."""
        folder = self._workspace / str(next(self._numbers))
        folder.mkdir(mode=0o700)
        task.file.rename(folder / DOCUMENT)
        outcome, header = self._attempt(task, folder, programs=False)
        if "needs_program" in header:
            outcome, header = self._attempt(task, folder, programs=True)
        if outcome.error is None:
            _fill(outcome, header, task.limits)
        return outcome

    def _attempt(
        self, task: Task, folder: Path, *, programs: bool
    ) -> tuple[Outcome, dict[str, Any]]:
        shutil.rmtree(folder / WORK, ignore_errors=True)
        (folder / WORK).mkdir(mode=0o700)
        request = {
            "folder": str(folder),
            "name": task.name,
            "place": asdict(task.place),
            "recipe": task.recipe.model_dump(mode="json"),
            "limits": task.limits.model_dump(mode="json"),
            "password": task.password,
            "programs": programs,
            **self._functions,
        }
        answer = self._supervision.submit(request, task.limits.timeout_seconds).result()
        if answer is None:
            return Outcome(folder, error=_crashed("the supervisor ended")), {}
        outcome = Outcome(folder, seconds=answer["seconds"], peak_mb=answer["peak_mb"])
        outcome.error = _death(answer, folder, task.limits)
        if outcome.error:
            return outcome, {}
        try:
            header = json.loads(_read(folder / WORK / RESULT, _LARGEST_HEADER))
            self._supervision.inherit(header["modules"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            outcome.error = _crashed(f"it left no result ({type(error).__name__})")
            return outcome, {}
        return outcome, header


def _death(answer: Answer, folder: Path, limits: Limits) -> DocumentError | None:
    """Why the child died, if it did not end by itself."""
    if answer["timed_out"]:
        return errors.ParserTimeout(
            f"The parser ran past {limits.timeout_seconds:g} s.", seconds=answer["seconds"]
        )
    if answer["exit"] == 0:
        return None
    memory = errors.ParserOutOfMemory(
        f"The parser needed more than {limits.memory_mb} MB of memory.", peak_mb=answer["peak_mb"]
    )
    # SIGKILL that is not ours is the kernel's, for want of memory. C++ aborts when it has none.
    killed = answer["signal"] == signal.SIGKILL
    if killed or answer["exit"] == OUT_OF_MEMORY or _speaks_of_memory(folder / WORK / LOG):
        return memory
    if answer["signal"]:
        name = signal.Signals(answer["signal"]).name
        return _crashed(f"signal {name}", signal=name, peak_mb=answer["peak_mb"])
    return _crashed(f"exit status {answer['exit']}", status=answer["exit"])


def _crashed(how: str, **facts: Any) -> DocumentError:
    return errors.ParserCrashed(f"The parser died: {how}.", **facts)


def _speaks_of_memory(log: Path) -> bool:
    try:
        said = _read(log, 1 << 30)[-4096:]
    except (OSError, ValueError):
        return False
    return any(word in said for word in (b"bad_alloc", b"MemoryError", b"annot allocate memory"))


def _read(path: Path, most: int) -> bytes:
    """The bytes of a regular file of at most `most` bytes; never through a link."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as stream:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > most:
            raise ValueError(f"{path.name} is not a regular file of at most {most} bytes")
        return stream.read()


def _fill(outcome: Outcome, header: dict[str, Any], limits: Limits) -> None:
    try:
        outcome.media_type = _optional(header["media_type"], str)
        if "error" in header:
            outcome.error = _error(header["error"])
            return
        outcome.title = _optional(header["title"], str)
        outcome.pages = _optional(header["pages"], int)
        outcome.pages_with_text = _optional(header["pages_with_text"], int)
        outcome.pages_with_elements = _optional(header["pages_with_elements"], int)
        outcome.elements = _table(outcome.folder / WORK / ELEMENTS, limits)
        folder = outcome.folder / WORK / CHILDREN
        outcome.children = [(str(n), folder / str(i)) for i, n in enumerate(header["children"])]
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        outcome.error = _crashed(f"its result cannot be read ({type(error).__name__})")


def _optional(value: Any, kind: type) -> Any:
    if value is not None and not isinstance(value, kind):
        raise TypeError(f"expected {kind.__name__}")
    return value


def _table(path: Path, limits: Limits) -> pa.Table:
    # Ids, paths and the schema come on top of the text that `output_mb` limits.
    table = pa.ipc.open_file(pa.py_buffer(_read(path, 16 * limits.output_mb * _MIB))).read_all()
    table.validate(full=True)
    if not table.schema.equals(SCHEMA):
        raise ValueError("it has another schema")
    return table


def _error(described: dict[str, Any]) -> DocumentError:
    kind = _kinds().get(str(described["code"]), errors.ParserFailed)
    facts = {str(key): value for key, value in dict(described["facts"]).items()}
    facts.pop("mend", None)
    return kind(str(described["message"]), mend=str(described["mend"]), **facts)


def _kinds() -> dict[str, type[DocumentError]]:
    return {kind.code: kind for kind in DocumentError.__subclasses__()}
