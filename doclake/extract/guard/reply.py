"""Reading what a child left, as the word of a stranger, and telling how it died.

A parser may have been taken over by its document: only JSON and Arrow are read, sizes are checked
before reading, links are not followed, and whatever does not fit is a crashed parser.
"""

from __future__ import annotations

import json
import os
import signal
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from doclake import errors, ids
from doclake.errors import DocumentError
from doclake.extract.guard.protocol import CHILDREN, ELEMENTS, LOG, OUT_OF_MEMORY, RESULT, WORK
from doclake.extract.row_key import Place
from doclake.settings import Limits
from doclake.tables.elements import ELEMENTS as ELEMENTS_TABLE

_MIB = 1 << 20
_LARGEST_HEADER = 64 * _MIB
# What C++, Python, the system and Rust say.
_MEMORY = (b"bad_alloc", b"MemoryError", b"annot allocate memory", b"memory allocation of")
UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, pa.ArrowException)


@cache
def no_elements() -> pa.Table:
    """The table of a document without elements. Made when needed: it would import pandas."""
    return ELEMENTS_TABLE.schema.empty_table()


@dataclass(frozen=True, slots=True)
class Inner:
    """A document found inside another. `file` is a private copy of its bytes."""

    name: str
    file: Path
    content_hash: str
    size: int


@dataclass(slots=True)
class Outcome:
    """What became of a document. `seconds` it ran; `peak_mb` is the most its process ever held.
    `scanned_pages` is how many need more time than it had. `suspect`: the child lives and gave a
    result that is none."""

    error: DocumentError | None = None
    media_type: str | None = None
    title: str | None = None
    pages: int | None = None
    pages_with_text: int | None = None
    pages_with_elements: int | None = None
    elements: pa.Table = field(default_factory=no_elements)
    children: list[Inner] = field(default_factory=list)
    modules: list[str] = field(default_factory=list)
    scanned_pages: int | None = None
    suspect: bool = False
    seconds: float = 0.0
    peak_mb: float = 0.0


def outcome(
    answer: dict[str, Any] | None,
    folder: Path,
    place: Place,
    limits: Limits,
    put: Callable[[bytes], Path],
) -> Outcome:
    """The outcome of the document in `folder`. `answer` is the supervisor's, None if it is gone;
    `put` stores the bytes of an inner document."""
    if answer is None:
        return Outcome(error=_crashed("its supervisor ended"))
    result = Outcome(seconds=answer["seconds"], peak_mb=answer["peak_mb"])
    result.error = _death(answer, folder / WORK / LOG, limits)
    if result.error is None:
        try:
            _fill(result, folder / WORK, place, limits, put)
        except UNREADABLE as error:
            result.error = _crashed(f"its result cannot be read ({type(error).__name__})")
            result.suspect = True
    return result


def batch(
    answer: dict[str, Any] | None, folder: Path, places: list[Place], limits: Limits
) -> list[Outcome | None]:
    """The outcomes of the documents that were sent together; None for each that gave no result,
    and for all of them if their child did not end well. Raises one of `UNREADABLE` for a result
    that cannot be trusted."""
    if answer is None or answer["timed_out"] or answer["exit"] != 0:
        return [None] * len(places)
    header = json.loads(_read(folder / WORK / RESULT, _LARGEST_HEADER))
    modules = [str(name) for name in header["modules"]]
    said: list[dict[str, Any] | None] = header["batch"]
    counts = [int(each["rows"]) if each else 0 for each in said]
    table = _table(folder / WORK / ELEMENTS, limits)
    _check_places(table, places, counts)
    outcomes: list[Outcome | None] = []
    at = 0
    for each, count in zip(said, counts, strict=True):
        rows = table.slice(at, count)
        outcomes.append(_member(each, rows, modules, answer) if each else None)
        at += count
    return outcomes


def _member(
    said: dict[str, Any], rows: pa.Table, modules: list[str], answer: dict[str, Any]
) -> Outcome:
    seconds = min(float(said["seconds"]), answer["seconds"])
    member = Outcome(elements=rows, modules=modules, seconds=seconds, peak_mb=answer["peak_mb"])
    _describe(member, said)
    return member


def _death(answer: dict[str, Any], log: Path, limits: Limits) -> DocumentError | None:
    """Why the child died, if it did not end by itself."""
    if answer["timed_out"]:
        return errors.ParserTimeout(
            f"The parser ran past {limits.timeout_seconds:g} s.", seconds=answer["seconds"]
        )
    if answer["exit"] == 0:
        return None
    # SIGKILL that is not ours is the kernel's, for want of memory. C++ aborts when it has none.
    killed = answer["signal"] == signal.SIGKILL
    if killed or answer["exit"] == OUT_OF_MEMORY or _speaks_of_memory(log):
        return errors.ParserOutOfMemory(
            f"The parser needed more than {limits.memory_mb} MB of memory.",
            peak_mb=answer["peak_mb"],
        )
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
    return any(word in said for word in _MEMORY)


def _read(path: Path, most: int) -> bytes:
    """The bytes of a regular file of at most `most` bytes; never through a link."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as stream:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > most:
            raise ValueError(f"{path.name} is not a regular file of at most {most} bytes")
        return stream.read(most)


def _fill(
    result: Outcome, work: Path, place: Place, limits: Limits, put: Callable[[bytes], Path]
) -> None:
    header = json.loads(_read(work / RESULT, _LARGEST_HEADER))
    result.modules = [str(name) for name in header["modules"]]
    result.scanned_pages = _optional(header.get("scanned_pages"), int)
    if "error" in header:
        result.media_type = _optional(header["media_type"], str)
        result.error = _error(header["error"])
    elif result.scanned_pages is None:
        _describe(result, header)
        result.elements = _table(work / ELEMENTS, limits)
        _check_places(result.elements, [place], [result.elements.num_rows])
        result.children = _children(header["children"], work / CHILDREN, limits, put)


def _describe(result: Outcome, said: dict[str, Any]) -> None:
    result.media_type = _optional(said["media_type"], str)
    result.title = _optional(said["title"], str)
    result.pages = _optional(said["pages"], int)
    result.pages_with_text = _optional(said["pages_with_text"], int)
    result.pages_with_elements = _optional(said["pages_with_elements"], int)


def _optional(value: Any, kind: type) -> Any:
    if value is not None and not isinstance(value, kind):
        raise TypeError(f"expected {kind.__name__}")
    return value


def _table(path: Path, limits: Limits) -> pa.Table:
    # Ids and hashes come on top of the text that `output_mb` limits.
    table = pa.ipc.open_file(pa.py_buffer(_read(path, 16 * limits.output_mb * _MIB))).read_all()
    table.validate(full=True)
    if not table.schema.equals(ELEMENTS_TABLE.schema):
        raise ValueError("it has another schema")
    return table


def _check_places(table: pa.Table, places: list[Place], counts: list[int]) -> None:
    """A parser speaks for its own document only: these keys decide whose rows are replaced."""
    if len(places) != len(counts) or sum(counts) != table.num_rows or min(counts, default=0) < 0:
        raise ValueError("it counts other rows than it holds")
    for name in Place.__slots__:
        column = table.column(name)
        keys = [getattr(place, name) for place in places]
        if len(set(keys)) == 1:
            same = column.unique().to_pylist() in ([], keys[:1])
        else:
            pairs = zip(keys, counts, strict=True)
            same = column.to_pylist() == [key for key, count in pairs for _ in range(count)]
        if not same:
            raise ValueError(f"its rows have another {name}")


def _children(
    names: list[Any], folder: Path, limits: Limits, put: Callable[[bytes], Path]
) -> list[Inner]:
    """Copied, not moved: the child may still hold a handle on its own files."""
    left = limits.archive_mb * _MIB
    taken = []
    for number, name in enumerate(names[: limits.archive_entries]):
        data = _read(folder / str(number), left)
        left -= len(data)
        taken.append(Inner(str(name), put(data), ids.content_hash(data), len(data)))
    return taken


def _error(described: dict[str, Any]) -> DocumentError:
    kinds = {kind.code: kind for kind in DocumentError.__subclasses__()}
    kind = kinds.get(str(described["code"]), errors.ParserFailed)
    facts = {str(key): value for key, value in described["facts"].items() if key != "mend"}
    return kind(str(described["message"]), mend=str(described["mend"]), **facts)
