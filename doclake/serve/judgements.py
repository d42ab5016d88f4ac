"""Judged hits: that a passage answers a question becomes an entry of the golden file of its source.

The file is all there is: one line for each judgement, as a program may append it. A judgement that
is taken back takes its line out again, so "does not answer" needs no store of its own; what people
wrote by hand is never touched. Who judged, and who asked, is kept nowhere.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

from doclake.errors import (
    IndexStateError,
    JudgementRefused,
    RequestForbidden,
    RequestInvalid,
    SettingsError,
)
from doclake.evaluate.questions import Question, as_line, file_of, of_line, parsed
from doclake.project import Project
from doclake.search import door
from doclake.search.filters import access_filter, is_in
from doclake.search.passages import passage
from doclake.search.searcher import require_question
from doclake.serve.rates import Rates
from doclake.tables.rows import strings

Judging = Literal["open", "no_file"]
_PER_MINUTE = 60  # judgements of those who stand for the same principals
_LARGEST = 500_000  # bytes of a golden file that the page adds to
_WAIT = 10.0  # seconds for others who write the same file
_FIRST = re.compile(rb" *-(\s|$)")  # an entry begins in such a line
_log = logging.getLogger(__name__)


class Judgements:
    """Of one server. Threads, and other processes, may judge at the same time."""

    def __init__(self) -> None:
        self._rates = Rates()

    def judge(
        self,
        project: Project,
        question: str,
        citation_id: str,
        *,
        answers: bool,
        words: str | None,
        principals: tuple[str, ...],
    ) -> list[Question]:
        """Keep that a passage answers a question, in those `words` of it if some are given, or take
        that back; gives what `judged` gives from now on.

        Raises `RequestForbidden` unless the principals may judge, `PassageGone` if they may not see
        the passage, `TooManyRequests`, `QuestionEmpty`, `RequestInvalid` for words that do not
        stand in it, and `JudgementRefused` if the file cannot take it.
        """
        project = project.today()
        if not may_judge(project, principals):
            raise RequestForbidden(
                "You may not judge passages here.",
                mend="The operator of this server can name your principal in serve.judge.",
            )
        self._rates.take("\n".join(sorted(principals)), _PER_MINUTE)
        require_question(question)
        hit = passage(project, citation_id, principals=principals).hit
        entry = Question(hit.source, question, (hit.path,), tuple(hit.pages), words or None)
        if not entry.ranks([hit]):
            raise RequestInvalid("These words do not stand in the passage.")
        if of_line(hit.source, as_line(entry)) != entry:
            raise _refused(hit.source, "the question is too long or holds unpaired surrogates")
        file = _file(project, hit.source)

        def is_of_hit(one: Question) -> bool:
            alike = replace(one, holds=entry.holds) == entry
            return alike and bool(one.ranks([hit]))

        with _alone(hit.source, file):
            _write(file, hit.source, entry if answers else None, is_of_hit)
        return judged(project, question, principals)


def may_judge(project: Project, principals: Iterable[str]) -> bool:
    return not project.asker(principals).names.isdisjoint(project.settings.serve.judge)


def judging(project: Project, source: str, principals: Iterable[str]) -> Judging | None:
    """Whether these principals may judge hits of a source; `no_file` if they may, but its settings
    name no file that is there."""
    if not may_judge(project, principals):
        return None
    file = file_of(project, source)
    return "open" if file and file.is_file() else "no_file"


def judged(project: Project, question: str, principals: tuple[str, ...]) -> list[Question]:
    """The judgements of a question whose document the principals may see; none for those who may
    not judge. Of a file only lines count that this module wrote."""
    project = project.today()
    found: list[Question] = []
    for source in door.sources(project, principals):
        if judging(project, source, principals) == "open":
            lines = _lines(source, _content(source, _file(project, source)))
            found += (one for _, one in lines if one and one.text == question)
    return _of_seen(project, found, principals) if found else []


def _of_seen(
    project: Project, entries: Sequence[Question], principals: Iterable[str]
) -> list[Question]:
    """Those whose documents the principals may see: an entry tells a path, pages and words."""
    lists = {name: its.access for name, its in project.settings.sources.items()}
    paths = sorted({path for one in entries for path in one.documents})
    seen = access_filter(project.asker(principals), lists, [one.source for one in entries])
    try:
        _, rows = project.index.require()
    except IndexStateError:
        return []  # nobody can say
    found = rows.to_table(columns=["source", "path"], filter=f"{seen} AND {is_in('path', paths)}")
    known = set(zip(strings(found["source"]), strings(found["path"]), strict=True))
    return [one for one in entries if known.issuperset((one.source, d) for d in one.documents)]


def _file(project: Project, source: str) -> Path:
    """Where it really stands, as it is to be replaced. Raises `JudgementRefused`."""
    file = file_of(project, source)
    if not file or not file.is_file():
        raise _refused(source, "the settings name no file that is there")
    return file.resolve()


@contextmanager
def _alone(source: str, file: Path) -> Iterator[None]:
    """Be the only one who writes a file, among the processes of this machine."""
    from filelock import FileLock, Timeout

    lock = FileLock(file.with_name(f".{file.name}.lock"), timeout=_WAIT)
    try:
        lock.acquire()
    except Timeout:
        raise _refused(source, "others are writing it") from None
    except OSError as error:
        raise _refused(source, f"it cannot be written ({error.strerror})") from error
    try:
        yield
    finally:
        lock.release()


def _write(
    file: Path, source: str, entry: Question | None, replaces: Callable[[Question], bool]
) -> None:
    """Take out the judgements that are replaced, and add an entry unless it stands there already.
    The file stays as it is if it could not be read afterwards."""
    content = _content(source, file)
    lines = list(_lines(source, content))
    if entry and entry in (one for _, one in lines):
        return
    kept = [line for line, one in lines if one is None or not replaces(one)]
    changed = b"".join(kept)
    if entry:
        changed += _appended(entry, kept)
    if len(changed) > _LARGEST:
        raise _refused(source, f"it has {_LARGEST:,} bytes, the most that is added to")
    if changed == content:
        return
    entries = _sound(source, file, changed)
    if entry and entries[-1:] != [entry]:
        raise _refused(source, "it is not a list with a dash before each entry")
    if entry and entry in entries[:-1]:
        raise _refused(source, "it holds the same entry, written by hand")
    _replace(source, file, changed)


def _appended(entry: Question, lines: Sequence[bytes]) -> bytes:
    """An entry as the last line, indented as the first of a file."""
    first = next((line for line in lines if _FIRST.match(line)), b"-")
    end = b"" if not lines or lines[-1].endswith((b"\n", b"\r")) else b"\n"
    return end + first[: first.index(b"-")] + as_line(entry).encode() + b"\n"


def _lines(source: str, content: bytes) -> Iterator[tuple[bytes, Question | None]]:
    """The lines of a file, each with the judgement that it is."""
    for line in content.splitlines(keepends=True):
        written = line.strip()
        is_judgement = written.startswith(b'- {"question": ')
        yield line, of_line(source, written.decode("utf-8", "replace")) if is_judgement else None


def _sound(source: str, file: Path, content: bytes) -> list[Question]:
    """The entries that the file would have; raises `JudgementRefused` if it could not be read."""
    try:
        return parsed(source, file, content)
    except SettingsError as error:
        _log.warning("A judgement was refused: %s", error)
        raise _refused(source, "it could not be read with this entry") from None


def _content(source: str, file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise _refused(source, f"it cannot be read ({error.strerror})") from error


def _replace(source: str, file: Path, content: bytes) -> None:
    """In one step: whoever reads the file finds it as it was or as it is."""
    try:
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        with ExitStack() as unless_done:
            unless_done.callback(Path(name).unlink)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            shutil.copymode(file, name)
            Path(name).replace(file)
            unless_done.pop_all()
    except OSError as error:
        raise _refused(source, f"it cannot be written ({error.strerror})") from error


def _refused(source: str, why: str) -> JudgementRefused:
    key = f"sources.{source}.questions"
    expected = "a file of golden questions, one dash before each; an empty one will do"
    return JudgementRefused(
        f"The golden questions of {source} take no judgement: {why}.",
        mend=f"Let {key} name {expected}.",
        problems=[(key, why, expected)],
    )
