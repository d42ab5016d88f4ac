"""What happens in the forked child: for each document, a folder of results.

The child writes `result.json` (a header), `elements.arrow` (Arrow IPC) and `children/N` into its
folder. Nothing is pickled: the parent must not trust what a taken-over parser says.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from doclake.errors import (
    DependencyMissing,
    DocumentError,
    LimitExceeded,
    ParserFailed,
    ParserOutOfMemory,
)
from doclake.extract import finish, sandbox
from doclake.extract.model import Extraction, Format, NeedsProgram, Options
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
from doclake.settings import ExtractRecipe, Limits

_MIB = 1 << 20


def main(folder: str, limits: dict[str, Any], programs: bool, tasks: int, answers: int) -> int:
    """Confine this process, then extract documents as they come. Returns the exit status.

    `tasks` and `answers` are pipes: a line of JSON for each document, a byte back for each that
    ended well. After any other ending the process is not to be used again, so it leaves.
    """
    if programs:
        folder = sandbox.with_own_temporary_folder(folder, f"{folder}/{WORK}")
    work = Path(folder) / WORK
    allowed = Limits(**limits)
    _redirect_output(work)
    largest = max(16 * allowed.output_mb, allowed.archive_mb)
    idle = sandbox.limit_resources(allowed.memory_mb, largest)
    sandbox.confine([folder], [str(work)], programs=programs)
    with open(tasks, "rb") as lines:
        for line in lines:
            _redirect_output(work)
            try:
                healthy = _one(json.loads(line), Path(folder), allowed)
            except MemoryError:
                return OUT_OF_MEMORY
            grown = sandbox.mapped_mb() - idle
            if not healthy or grown > allowed.memory_mb / 4:
                return 0
            sandbox.limit_memory(allowed.memory_mb)
            os.write(answers, b".")
    return 0


def _one(task: dict[str, Any], folder: Path, limits: Limits) -> bool:
    """Extract one document. Whether the process can be trusted with another."""
    before = set(sys.modules)
    header, healthy = _handle(task, folder, limits)
    header["modules"] = sorted(m for m in set(sys.modules) - before if m[0] != "_")
    _write(folder / WORK / RESULT, json.dumps(header, default=str).encode("utf-8", "replace"))
    return healthy and threading.active_count() == 1


def _redirect_output(work: Path) -> None:
    """Parsers print; none of it may reach the user's terminal. Kept to tell why one died."""
    os.chdir(work)
    tempfile.tempdir = str(work)
    os.environ.update(TMPDIR=str(work), HOME=str(work))
    log = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.close(log)


def _handle(task: dict[str, Any], folder: Path, limits: Limits) -> tuple[dict[str, Any], bool]:
    """What the parent is told, and whether the document ended as a well-behaved one does."""
    header: dict[str, Any] = {"media_type": None}
    try:
        extraction, media_type = _extract(task, folder / DOCUMENT, limits, header)
        return header | _finished(task, extraction, folder / WORK, limits, media_type), True
    except NeedsProgram as needed:
        return header | {"needs_program": needed.args[0]}, True
    except DocumentError as refused:
        return header | {"error": _described(folder, refused)}, not isinstance(
            refused, LimitExceeded
        )
    except MemoryError:
        said = f"The parser needed more than {limits.memory_mb} MB of memory."
        return header | {"error": _described(folder, ParserOutOfMemory(said))}, False
    except RecursionError:
        too_deep = LimitExceeded("It is nested too deeply.", limit="nesting")
        return header | {"error": _described(folder, too_deep)}, False
    except Exception as raised:  # whatever a parser raises is its document's failure
        return header | {"error": _described(folder, _unexpected(raised))}, False


def _extract(
    task: dict[str, Any], file: Path, limits: Limits, header: dict[str, Any]
) -> tuple[Extraction, str]:
    media_type = _named(task["detect"])(file, task["name"])
    header["media_type"] = media_type
    recipe = ExtractRecipe(**task["recipe"])
    parser: Format = _named(task["load"])(media_type, recipe.engine)
    program = getattr(parser, "program", None)
    if program and not task["programs"]:
        raise NeedsProgram(program)
    options = Options(
        recipe=recipe,
        limits=limits,
        media_type=media_type,
        name=task["name"],
        password=task["password"],
        programs=task["programs"],
    )
    return parser.extract(file, options), media_type


def _named(place: str) -> Callable[..., Any]:
    module, name = place.split(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


def _finished(
    task: dict[str, Any], extraction: Extraction, work: Path, limits: Limits, media_type: str
) -> dict[str, Any]:
    place = Place(**task["place"])
    table, pages_with_elements = finish.rows(extraction, place, limits.output_mb * _MIB)
    if not table.num_rows and not extraction.children:
        finish.refuse_empty(media_type, extraction)
    finish.write_table(table, work / ELEMENTS)
    return {
        "title": finish.clean(extraction.title) if extraction.title else None,
        "pages": extraction.pages,
        "pages_with_text": extraction.pages_with_text,
        "pages_with_elements": pages_with_elements,
        "metadata": extraction.metadata,
        "children": _write_children(extraction, work, limits),
    }


def _write_children(extraction: Extraction, work: Path, limits: Limits) -> list[str]:
    names = []
    left = limits.archive_mb * _MIB
    if len(extraction.children) > limits.archive_entries:
        raise LimitExceeded(
            f"It holds {len(extraction.children)} documents; {limits.archive_entries} are allowed.",
            limit="archive_entries",
        )
    (work / CHILDREN).mkdir()
    for number, child in enumerate(extraction.children):
        left -= len(child.data)
        if left < 0:
            raise LimitExceeded(
                f"The documents in it exceed {limits.archive_mb} MB.", limit="archive_mb"
            )
        _write(work / CHILDREN / str(number), child.data)
        names.append(finish.clean(child.name))
    return names


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise LimitExceeded(
            f"It yields a file of {len(data)} bytes.", limit="file_mb", size=len(data)
        ) from error


def _unexpected(error: Exception) -> DocumentError:
    if isinstance(error, ModuleNotFoundError) and not str(error.name).startswith("doclake"):
        return DependencyMissing(
            f"The Python package {error.name!r} is not installed.",
            mend=f"Install it: pip install {error.name}",
        )
    if "bad_alloc" in str(error) or "Cannot allocate memory" in str(error):
        return ParserOutOfMemory("The parser ran out of memory.")
    message = " ".join(finish.clean(str(error)).split())[:200]
    kind = type(error).__name__
    return ParserFailed(f"The parser failed: {kind}: {message}".rstrip(": "), exception=kind)


def _described(folder: Path, error: DocumentError) -> dict[str, Any]:
    """The error as plain data. Libraries name the file they read; that place means nothing to a
    reader and is gone by then."""
    message = finish.clean(error.message).replace(str(folder / DOCUMENT), "document")
    return {
        "code": error.code,
        "message": message.replace(str(folder), ""),
        "mend": error.mend,
        "facts": error.facts,
    }
