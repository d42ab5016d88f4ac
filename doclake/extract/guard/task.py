"""One task of a worker: parse a document, or several short ones, and describe what came of it.

Runs confined. Whatever a parser raises becomes plain data here.
"""

from __future__ import annotations

import errno
import importlib
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from doclake.errors import (
    DependencyMissing,
    DocumentError,
    LimitExceeded,
    NoSpace,
    ParserFailed,
    ParserOutOfMemory,
)
from doclake.extract import element_rows, metadata, text_amount
from doclake.extract.guard.protocol import (
    CHILDREN,
    DOCUMENT,
    ELEMENTS,
    FEW_FIELDS,
    LONGEST_MESSAGE,
    LONGEST_NAME,
    MEDIA_TYPE,
    PICTURES,
    WORK,
)
from doclake.extract.model import Extraction, NeedsTime, Options, Reader
from doclake.extract.registry import format_of
from doclake.settings import ExtractRecipe, Limits

_MIB = 1 << 20
_MEMBER = "member"  # the bytes of one document of a batch
_LINE_ENDS = re.compile(r"[\t\r\n]")

Header = dict[str, Any]


def document(task: dict[str, Any], folder: Path, limits: Limits) -> tuple[Header, bool]:
    """The header for the parent, and whether the process is sound enough for another document."""
    header: Header = {"media_type": None}
    try:
        file, work = folder / DOCUMENT, folder / WORK
        media_type = header["media_type"] = _named(task["detect"])(file, task["name"])
        (work / MEDIA_TYPE).write_text(media_type, "utf-8")
        extraction = _parsed(task, file, limits, media_type)
        return header | _finished(extraction, folder, limits, media_type), True
    except NeedsTime as scanned:
        return header | {"scanned_pages": scanned.pages}, True
    except DocumentError as refused:
        return header | {"error": _described(folder, refused)}, not isinstance(
            refused, LimitExceeded
        )
    except MemoryError:
        message = f"The parser needed more than {limits.memory_mb} MB of memory."
        return header | {"error": _described(folder, ParserOutOfMemory(message))}, False
    except RecursionError:
        too_deep = LimitExceeded("It is nested too deeply.", limit="nesting")
        return header | {"error": _described(folder, too_deep)}, False
    except Exception as raised:  # whatever a parser raises, its document has failed
        return header | {"error": _described(folder, _unexpected(raised))}, False


def batch(task: dict[str, Any], folder: Path, limits: Limits) -> tuple[Header, bool]:
    """As `document`, for several short ones that lie end to end in one file. Only successes are
    reported: null stands for a document that must be done by itself."""
    data = memoryview((folder / DOCUMENT).read_bytes())
    headers: list[Header | None] = [None] * len(task["batch"])
    rows: element_rows.Columns = {name: [] for name in element_rows.CONTENT.names}
    healthy = True
    for number, member in enumerate(task["batch"]):
        file = folder / WORK / _MEMBER
        file.write_bytes(data[: member["size"]])
        data = data[member["size"] :]
        try:
            headers[number], columns = _short(task | member, file, limits)
        except DocumentError as refused:
            healthy = not isinstance(refused, LimitExceeded)
        except Exception:  # it is raised again, and reported, where the document is by itself
            healthy = False
        else:
            for name, values in columns.items():
                rows[name] += values
        if not healthy:
            break
    output_bytes = limits.output_mb * _MIB
    element_rows.write_table(element_rows.table(rows), folder / WORK / ELEMENTS, output_bytes)
    return {"batch": headers}, healthy


def _short(
    task: dict[str, Any], file: Path, limits: Limits
) -> tuple[Header | None, element_rows.Columns]:
    started = time.monotonic()
    media_type = _named(task["detect"])(file, task["name"])
    row = format_of(media_type)
    if row is None or not row.batchable:
        return None, {}
    extraction = _parsed(task, file, limits, media_type)
    columns = element_rows.columns(extraction, limits.output_mb * _MIB)
    count = len(columns["text"])
    header = _facts(extraction, file, limits, media_type)
    header |= {"media_type": media_type, "rows": count}
    if not count or extraction.children or len(header["metadata"]) > FEW_FIELDS:
        return None, {}
    return header | {"seconds": time.monotonic() - started}, columns


def _parsed(task: dict[str, Any], file: Path, limits: Limits, media_type: str) -> Extraction:
    recipe = ExtractRecipe(**task["recipe"])
    parser: Reader = _named(task["load"])(media_type, recipe.engine)
    options = Options(
        recipe=recipe,
        limits=limits,
        media_type=media_type,
        name=task["name"],
        password=task["password"],
        shown=task["shown"],
    )
    return parser.extract(file, options)


def _named(place: str) -> Callable[..., Any]:
    module, name = place.split(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


def _finished(extraction: Extraction, folder: Path, limits: Limits, media_type: str) -> Header:
    work = folder / WORK
    output_bytes = limits.output_mb * _MIB
    row = format_of(media_type)
    apart = row is not None and row.pages_are_sections
    table = element_rows.rows(extraction, output_bytes, pages_are_sections=apart)
    if not table.num_rows and not extraction.children:
        element_rows.refuse_empty(media_type, extraction)
    element_rows.write_table(table, work / ELEMENTS, output_bytes)
    children = _write_children(extraction, work, limits)
    pictures = _write_pictures(extraction, work, output_bytes)
    shown = [number for number, child in enumerate(extraction.children) if child.shown]
    found = {"children": children, "shown": shown, "pictures": pictures}
    return _facts(extraction, folder / DOCUMENT, limits, media_type) | found


def _facts(extraction: Extraction, file: Path, limits: Limits, media_type: str) -> Header:
    letters = extraction.letters
    if letters is None:
        letters = text_amount.in_container(file, media_type, limits)
    title = element_rows.clean(extraction.title)[: metadata.LONGEST] if extraction.title else None
    return {
        "title": title,
        "pages": extraction.pages,
        "pages_with_text": extraction.pages_with_text,
        "letters": letters,
        "metadata": [[f.name, f.value, f.page] for f in metadata.fields(extraction)],
    }


def _write_children(extraction: Extraction, work: Path, limits: Limits) -> list[str]:
    names = []
    left = limits.archive_mb * _MIB
    if len(extraction.children) > limits.archive_entries:
        raise LimitExceeded(
            f"It holds {len(extraction.children)} documents; {limits.archive_entries} are allowed.",
            limit="archive_entries",
        )
    if extraction.children:
        (work / CHILDREN).mkdir()
    for number, child in enumerate(extraction.children):
        left -= len(child.data)
        if left < 0:
            raise LimitExceeded(
                f"The documents in it exceed {limits.archive_mb} MB.", limit="archive_mb"
            )
        (work / CHILDREN / str(number)).write_bytes(child.data)
        names.append(_LINE_ENDS.sub(" ", element_rows.clean(child.name))[:LONGEST_NAME])
    return names


def _write_pictures(extraction: Extraction, work: Path, left: int) -> list[list[Any]]:
    """What is said of each picture. Those that do not fit are left out: the pages were read."""
    facts: list[list[Any]] = []
    if extraction.pictures:
        (work / PICTURES).mkdir()
    for picture in extraction.pictures:
        left -= len(picture.data)
        if left >= 0:
            (work / PICTURES / str(len(facts))).write_bytes(picture.data)
            size = picture.width, picture.height
            facts.append([picture.page, picture.reason, picture.confidence, *size])
    return facts


def _unexpected(error: Exception) -> DocumentError:
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        return LimitExceeded("It yields a file that is too large.", limit="output_mb")
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return NoSpace("The temporary folder is full.")
    if isinstance(error, ModuleNotFoundError) and not str(error.name).startswith("doclake"):
        return DependencyMissing(
            f"The Python package {error.name!r} is not installed.",
            mend=f"Install it: pip install {error.name}",
        )
    if "bad_alloc" in str(error) or "Cannot allocate memory" in str(error):
        return ParserOutOfMemory("The parser ran out of memory.")
    message = " ".join(element_rows.clean(str(error)).split())[:200]
    kind = type(error).__name__
    return ParserFailed(f"The parser failed: {kind}: {message}".rstrip(": "), exception=kind)


def _described(folder: Path, error: DocumentError) -> dict[str, Any]:
    """The error as plain data. Libraries name the file they read; its place means nothing to a
    reader and is gone by then."""
    message = error.message.replace(str(folder / DOCUMENT), "document").replace(str(folder), "")
    return {
        "code": error.code,
        "message": element_rows.clean(message)[:LONGEST_MESSAGE],
        "mend": element_rows.clean(error.mend)[:LONGEST_MESSAGE],
        "facts": {name: _plain(fact) for name, fact in error.facts.items()},
    }


def _plain(fact: Any) -> Any:
    if fact is None or (isinstance(fact, bool | int | float) and abs(fact) < 2**63):
        return fact
    return element_rows.clean(str(fact))[:LONGEST_MESSAGE]
