"""Reads what a worker left, as the word of a stranger, and finds out how it died.

A parser may have been taken over by its document: only JSON and Arrow are read, sizes are checked
before reading, links are not followed, and a result that does not fit counts as a crash.
"""

from __future__ import annotations

import json
import os
import signal
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from doclake import errors, ids
from doclake.errors import DocumentError
from doclake.extract import metadata
from doclake.extract.document import ExtractedDocument, Identity
from doclake.extract.element_rows import CONTENT
from doclake.extract.guard.protocol import (
    CHILDREN,
    ELEMENTS,
    LOG,
    MEDIA_TYPE,
    OUT_OF_MEMORY,
    RESULT,
    WORK,
)
from doclake.extract.registry import format_of
from doclake.extract.row_keys import stamped
from doclake.fingerprints import ByMediaType
from doclake.settings import Limits

_MIB = 1 << 20
_LARGEST_HEADER = 64 * _MIB
# What C++, Python, the system and Rust print.
_MEMORY = (b"bad_alloc", b"MemoryError", b"annot allocate memory", b"memory allocation of")
UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, pa.ArrowException)


@dataclass(frozen=True, slots=True)
class Inner:
    """A document found inside another. `file` is a private copy of its bytes."""

    name: str
    file: Path
    content_hash: str
    size: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What a worker made of a document. `scanned_pages` is how many need more time than it had;
    `modules` are those it imported. `suspect`: it lives, but its result cannot be read."""

    document: ExtractedDocument
    children: list[Inner] = field(default_factory=list)
    modules: list[str] = field(default_factory=list)
    scanned_pages: int | None = None
    suspect: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What the parent knows of a document before its parser says anything."""

    identity: Identity
    fingerprints: ByMediaType
    limits: Limits

    def document(self, media_type: str | None, **facts: Any) -> ExtractedDocument:
        known = self.identity.facts()
        recipe = self.fingerprints[media_type]
        return ExtractedDocument(**known, recipe=recipe, media_type=media_type, **facts)


def read(
    answer: dict[str, Any] | None, folder: Path, asked: Asked, put: Callable[[bytes], Path]
) -> Reply:
    """What became of the document in `folder`. `answer` is the supervisor's, None if it died;
    `put` stores the bytes of an inner document."""
    if answer is None:
        return Reply(asked.document(None, error=_crashed("its supervisor ended")))
    ran = {"seconds": answer["seconds"], "peak_mb": answer["peak_mb"]}
    work = folder / WORK
    try:
        error = _death(answer, work / LOG, asked.limits)
        if error is not None:
            return Reply(asked.document(_begun(work), error=error, **ran))
        return _result(work, asked, ran, put)
    except UNREADABLE as error:
        crash = _crashed(f"its result cannot be read ({type(error).__name__})")
        return Reply(asked.document(None, error=crash, **ran), suspect=True)


def _begun(work: Path) -> str | None:
    """The media type that the worker wrote before its parser began."""
    try:
        media_type = _read(work / MEDIA_TYPE, 200).decode("ascii")
    except (OSError, ValueError):
        return None
    return media_type if format_of(media_type) else None


def _result(work: Path, asked: Asked, ran: dict[str, float], put: Callable[[bytes], Path]) -> Reply:
    header = json.loads(_read(work / RESULT, _LARGEST_HEADER))
    modules = [str(name) for name in header["modules"]]
    media_type = _optional(header["media_type"], str)
    scanned_pages = _optional(header.get("scanned_pages"), int)
    if scanned_pages is not None:
        return Reply(asked.document(media_type, **ran), [], modules, scanned_pages)
    if "error" in header:
        error = _error(header["error"])
        return Reply(asked.document(media_type, error=error, **ran), [], modules)
    content = _table(work / ELEMENTS, asked.limits)
    document = _document(header, content, asked, ran)
    return Reply(
        document, _children(header["children"], work / CHILDREN, asked.limits, put), modules
    )


def _document(
    header: dict[str, Any], content: pa.Table, asked: Asked, ran: dict[str, float]
) -> ExtractedDocument:
    media_type = _optional(header["media_type"], str)
    return asked.document(
        media_type,
        title=_optional(header["title"], str),
        pages=_optional(header["pages"], int),
        pages_with_text=_optional(header["pages_with_text"], int),
        pages_with_elements=_optional(header["pages_with_elements"], int),
        metadata=metadata.checked(header["metadata"], asked.limits),
        elements=stamped(content, asked.identity, asked.fingerprints[media_type]),
        **ran,
    )


def read_batch(
    answer: dict[str, Any] | None, folder: Path, asked: list[Asked]
) -> tuple[list[ExtractedDocument | None], list[str]]:
    """The documents that were sent together, and the modules their worker imported; None for each
    that gave no result, and for all of them if the worker did not end well. Raises one of
    `UNREADABLE` for a result that cannot be trusted."""
    if answer is None or answer["timed_out"] or answer["exit"] != 0:
        return [None] * len(asked), []
    header = json.loads(_read(folder / WORK / RESULT, _LARGEST_HEADER))
    members: list[dict[str, Any] | None] = header["batch"]
    counts = [int(member["rows"]) if member else 0 for member in members]
    table = _table(folder / WORK / ELEMENTS, asked[0].limits)
    if len(counts) != len(asked) or sum(counts) != table.num_rows or min(counts) < 0:
        raise ValueError("its counts do not match its rows")
    documents: list[ExtractedDocument | None] = []
    at = 0
    for sent, member, count in zip(asked, members, counts, strict=True):
        document = None
        if member:
            seconds = min(float(member["seconds"]), answer["seconds"])
            ran = {"seconds": seconds, "peak_mb": answer["peak_mb"]}
            document = _document(member, table.slice(at, count), sent, ran)
        documents.append(document)
        at += count
    return documents, [str(name) for name in header["modules"]]


def _death(answer: dict[str, Any], log: Path, limits: Limits) -> DocumentError | None:
    """Why the worker died, if it did not end by itself."""
    if answer["timed_out"]:
        return errors.ParserTimeout(
            f"The parser ran past {limits.timeout_seconds:g} s.", seconds=answer["seconds"]
        )
    if answer["exit"] == 0:
        return None
    # A SIGKILL that Doclake did not send is the kernel's, for lack of memory.
    # C++ aborts when it has none.
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
        printed = _read(log, 1 << 30)[-4096:]
    except (OSError, ValueError):
        return False
    return any(word in printed for word in _MEMORY)


def _read(path: Path, most: int) -> bytes:
    """The bytes of a regular file of at most `most` bytes; never through a link."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as stream:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > most:
            raise ValueError(f"{path.name} is not a regular file of at most {most} bytes")
        return stream.read(most)


def _optional(value: Any, kind: type) -> Any:
    if value is not None and not isinstance(value, kind):
        raise TypeError(f"expected {kind.__name__}")
    return value


def _table(path: Path, limits: Limits) -> pa.Table:
    # Sections and links come on top of the text that `output_mb` limits.
    table = pa.ipc.open_file(pa.py_buffer(_read(path, 16 * limits.output_mb * _MIB))).read_all()
    table.validate(full=True)
    if not table.schema.equals(CONTENT):
        raise ValueError("it has another schema")
    return table


def _children(
    names: list[Any], folder: Path, limits: Limits, put: Callable[[bytes], Path]
) -> list[Inner]:
    """Copied, not moved: the worker may still hold a handle on its own files."""
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
