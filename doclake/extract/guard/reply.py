"""Reads what a worker left, as the word of a stranger, and finds out how it died.

A parser may have been taken over by its document. So only JSON and Arrow are read, sizes are
checked before reading and values before use, and whatever goes wrong is the failure of that
document.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from doclake import errors
from doclake.errors import DocumentError, NoSpace
from doclake.extract import text_amount
from doclake.extract.document import ExtractedDocument, Identity
from doclake.extract.guard import content, header, left_files
from doclake.extract.guard.protocol import (
    CHILDREN,
    ELEMENTS,
    LOG,
    MEDIA_TYPE,
    NO_SPACE,
    OUT_OF_MEMORY,
    PICTURES,
    RESULT,
    WORK,
)
from doclake.extract.model import PagePicture
from doclake.extract.receiving import blocks, store
from doclake.extract.registry import format_of
from doclake.extract.row_keys import stamped
from doclake.fingerprints import ByMediaType
from doclake.settings import Limits

_MIB = 1 << 20
_PNG = b"\x89PNG\r\n\x1a\n"
# What C++, Python, the system and Rust print.
_MEMORY = (b"bad_alloc", b"MemoryError", b"annot allocate memory", b"memory allocation of")


@dataclass(frozen=True, slots=True)
class Inner:
    """A document found inside another. `file` is a private copy of its bytes; None with an
    `error`, and then it has no hash either."""

    name: str
    size: int
    file: Path | None = None
    content_hash: str = ""
    error: DocumentError | None = None
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What a worker made of a document. `scanned_pages` is how many need more time than it had;
    `modules` are those it imported. `suspect`: it lives, but its result cannot be read. `pictures`
    begin as PNG does; nobody here has looked at the rest."""

    document: ExtractedDocument
    children: list[Inner] = field(default_factory=list)
    pictures: list[PagePicture] = field(default_factory=list)
    modules: tuple[str, ...] = ()
    scanned_pages: int | None = None
    suspect: bool = False


@dataclass(frozen=True, slots=True)
class BatchReply:
    """The documents that were sent together, None for each that gave no result; otherwise as
    `Reply`."""

    documents: list[ExtractedDocument | None]
    modules: tuple[str, ...] = ()
    suspect: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What the parent knows of a document before its parser says anything. `may_ask`: it may still
    ask for more time."""

    identity: Identity
    fingerprints: ByMediaType
    limits: Limits
    may_ask: bool = True

    def document(self, media_type: str | None, **facts: Any) -> ExtractedDocument:
        known = self.identity.facts()
        recipe = self.fingerprints[media_type]
        return ExtractedDocument(**known, recipe=recipe, media_type=media_type, **facts)


def read(
    answer: dict[str, Any] | None, folder: Path, asked: Asked, new_file: Callable[[], Path]
) -> Reply:
    """What became of the document in `folder`. `answer` is the supervisor's, None if it died;
    the bytes of inner documents go to `new_file()`."""
    if answer is None:
        return Reply(asked.document(None, error=_crashed("its supervisor ended")))
    ran = {name: answer[name] for name in ("seconds", "cpu_seconds", "peak_mb")}
    work = folder / WORK
    error = _death(answer, work / LOG, asked.limits)
    if error is not None:
        return Reply(asked.document(_begun(work), error=error, **ran))
    try:
        return _result(work, asked, ran, new_file)
    except Exception as raised:  # a stranger's words may make anything fail
        return Reply(asked.document(None, error=_unreadable(raised), **ran), suspect=True)


def _begun(work: Path) -> str | None:
    """The media type that the worker wrote before its parser began."""
    try:
        media_type = left_files.content(work / MEDIA_TYPE, 200).decode("ascii")
    except (OSError, ValueError):
        return None
    return media_type if format_of(media_type) else None


def _result(work: Path, asked: Asked, ran: dict[str, float], new_file: Callable[[], Path]) -> Reply:
    said = header.document(left_files.content(work / RESULT, header.LARGEST), asked.limits)
    if isinstance(said, header.Scanned):
        if not asked.may_ask:
            raise left_files.Forged("it asks for more time again")
        document = asked.document(said.media_type, **ran)
        return Reply(document, modules=said.modules, scanned_pages=said.scanned_pages)
    if isinstance(said, header.Failed):
        error = said.error.error()
        document = asked.document(said.media_type, error=error, **ran)
        return Reply(document, modules=said.modules)
    elements = content.read(work / ELEMENTS, asked.limits)
    if not elements.num_rows and not said.children:
        raise left_files.Forged("nothing was found, and no error was told")
    document = _document(said, elements, asked, ran)
    pictures = _pictures(said, work / PICTURES, asked.limits)
    children = _children(said.children, work / CHILDREN, asked.limits, new_file)
    children = [replace(child, shown=n in said.shown) for n, child in enumerate(children)]
    return Reply(document, children, pictures, said.modules)


def _document(
    said: header.Extracted | header.Member,
    elements: pa.Table,
    asked: Asked,
    ran: dict[str, float],
) -> ExtractedDocument:
    content.check(elements, said.pages)
    return asked.document(
        said.media_type,
        title=said.title,
        pages=said.pages,
        pages_with_text=said.pages_with_text,
        letters=said.letters,
        element_letters=text_amount.of_column(elements["text"]),
        pages_with_elements=pc.count_distinct(elements["page"]).as_py(),
        metadata=said.fields(),
        elements=stamped(elements, asked.identity, asked.fingerprints[said.media_type]),
        **ran,
    )


def read_batch(answer: dict[str, Any] | None, folder: Path, asked: list[Asked]) -> BatchReply:
    """What became of the documents that were sent together."""
    nothing: list[ExtractedDocument | None] = [None] * len(asked)
    if answer is None or answer["timed_out"] or answer["exit"] != 0:
        return BatchReply(nothing)
    try:
        return _batch(answer, folder / WORK, asked)
    except Exception:  # it is raised again, and told, where the document is by itself
        return BatchReply(nothing, suspect=True)


def _batch(answer: dict[str, Any], work: Path, asked: list[Asked]) -> BatchReply:
    said = header.batch(left_files.content(work / RESULT, header.LARGEST), len(asked))
    elements = content.read(work / ELEMENTS, asked[0].limits)
    documents: list[ExtractedDocument | None] = []
    at = 0
    for sent, member in zip(asked, said.batch, strict=True):
        if member is None:
            documents.append(None)
            continue
        rows = elements.slice(at, member.rows)
        at += member.rows
        seconds = min(member.seconds, answer["seconds"])
        ran = {"seconds": seconds, "peak_mb": answer["peak_mb"]}
        documents.append(_document(member, rows, sent, ran))
    if at != elements.num_rows:
        raise left_files.Forged("its counts do not match its rows")
    return BatchReply(documents, said.modules)


def _death(answer: dict[str, Any], log: Path, limits: Limits) -> DocumentError | None:
    """Why the worker died, if it did not end by itself."""
    if answer["timed_out"]:
        cpu, wall, allowed = answer["cpu_seconds"], answer["seconds"], limits.timeout_seconds
        return errors.ParserTimeout(
            f"The parser took {cpu:.1f} s of CPU in {wall:.1f} s; {allowed:g} s of CPU in "
            f"{allowed * limits.wall_clock_factor:g} s are allowed.",
            cpu_seconds=cpu,
            wall_seconds=wall,
        )
    if answer["exit"] == 0:
        return None
    if answer["exit"] == NO_SPACE:
        return NoSpace("The temporary folder is full.")
    # A SIGKILL that Doclake did not send is the kernel's, for lack of memory.
    # C++ aborts when it has none.
    killed = answer["signal"] == signal.SIGKILL
    if killed or answer["exit"] == OUT_OF_MEMORY or _speaks_of_memory(log):
        return errors.ParserOutOfMemory(
            f"The parser needed more than {limits.memory_mb} MB of memory.",
            peak_mb=answer["peak_mb"],
        )
    if answer["signal"]:
        name = _name_of(answer["signal"])
        return _crashed(f"signal {name}", signal=name, peak_mb=answer["peak_mb"])
    return _crashed(f"exit status {answer['exit']}", status=answer["exit"])


def _name_of(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # most real-time signals have no name
        return str(number)


def _crashed(how: str, **facts: Any) -> DocumentError:
    return errors.ParserCrashed(f"The parser died: {how}.", **facts)


def _unreadable(error: Exception) -> DocumentError:
    known = isinstance(error, left_files.Forged)
    return _crashed(f"its result cannot be read ({error if known else type(error).__name__})")


def _speaks_of_memory(log: Path) -> bool:
    printed = left_files.end(log)
    return any(word in printed for word in _MEMORY)


def _pictures(said: header.Extracted, folder: Path, limits: Limits) -> list[PagePicture]:
    """The pictures, all together no larger than a document's text and tables may be."""
    left = limits.output_mb * _MIB
    pictures = []
    for number, facts in enumerate(said.pictures):
        data = left_files.content(folder / str(number), left)
        left -= len(data)
        if not data.startswith(_PNG):
            raise left_files.Forged("the picture of a page is no PNG")
        pictures.append(PagePicture(*facts, data))
    return pictures


def _children(
    names: tuple[str, ...], folder: Path, limits: Limits, new_file: Callable[[], Path]
) -> list[Inner]:
    """Copied, not moved: the worker may still hold a handle on its own files."""
    if len(names) > limits.archive_entries:
        raise left_files.Forged("it holds too many documents")
    left = limits.archive_mb * _MIB
    taken: list[Inner] = []
    try:
        for number, name in enumerate(names):
            with left_files.opened(folder / str(number), left) as (stream, size):
                left -= size
                taken.append(_copied(name, stream, size, new_file()))
    except Exception:
        for inner in taken:
            if inner.file:
                inner.file.unlink()
        raise
    return taken


def _copied(name: str, stream: BinaryIO, size: int, file: Path) -> Inner:
    try:
        stored = store(blocks(stream, size), file)
    except NoSpace as full:
        return Inner(name, size, error=full)
    return Inner(name, stored.size, file, stored.digest)
