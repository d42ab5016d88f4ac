"""Golden questions: what people know the answer of, one YAML list for each source.

An entry that is appended as one line, `- {"question": ..., "documents": [...]}`, is YAML too.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pyarrow.compute as pc
import yaml
from pydantic import AfterValidator, Field, ValidationError

from doclake import ids
from doclake.errors import QuestionEmpty, SettingsError
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.search.hits import Hit
from doclake.search.searcher import require_question
from doclake.settings import problems as wrong
from doclake.settings.fields import Frozen, Listed, OneOrMore, Principal

_EXPECTED = "a YAML list of questions"
_SHOWN = 20  # problems of one file
_ESCAPED = re.compile(
    r"[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    r"\ufff9-\uffff\ud800-\udfff]"
)
"""What YAML refuses or takes for the end of a line, and what nobody sees in it."""


def _asks(text: str) -> str:
    try:
        require_question(text)
    except QuestionEmpty:
        raise ValueError("a question in words") from None
    return text


_Text = Annotated[str, Field(min_length=1, max_length=5_000)]


class _Entry(Frozen):
    """An entry of the file."""

    question: Annotated[_Text, AfterValidator(_asks)]
    documents: OneOrMore[_Text]
    pages: Listed[Annotated[int, Field(ge=1)]] = ()
    text: _Text | None = None
    principals: Listed[Principal] = ()


@dataclass(frozen=True)
class Question:
    """A question to a source whose answer is known: every one of `documents`, on one of `pages` if
    there are any, in a passage that holds `text` if there is one."""

    source: str
    text: str
    documents: tuple[str, ...]
    pages: tuple[int, ...] = ()
    holds: str | None = None
    principals: tuple[str, ...] = ()
    generated: bool = False

    @property
    def question_id(self) -> str:
        answer = (*self.documents, *map(str, self.pages), self.holds or "")
        return ids.digest("question", self.source, self.text, *answer)

    def ranks(self, hits: Iterable[Hit]) -> list[int]:
        """The places of the right documents, from 1, each at its best right passage.

        Where any passage of a document is right, a document takes one place, else each passage.
        """
        by_passage = bool(self.pages or self.holds)
        places: dict[tuple[str, str], str | None] = {}
        wanted, held = set(map(_plain, self.documents)), set[str]()
        for hit in hits:
            path = _plain(hit.path)
            place = (hit.source, hit.chunk_id if by_passage else path)
            is_right = path in wanted - held and self.is_answered_by(hit)
            if place not in places:
                places[place] = path if is_right else None
                held |= {path} if is_right else set()
        return [rank for rank, right in enumerate(places.values(), 1) if right is not None]

    def is_answered_by(self, hit: Hit) -> bool:
        return self.answer_stands(hit.source, hit.path, hit.pages, hit.text)

    def answer_stands(self, source: str, path: str, pages: Iterable[int], text: str) -> bool:
        """Whether a passage answers it."""
        is_there = source == self.source and _plain(path) in map(_plain, self.documents)
        on_page = not self.pages or bool(set(self.pages) & set(pages))
        holds = self.holds is None or _words(self.holds) in _words(text)
        return is_there and on_page and holds


def _plain(path: str) -> str:
    return unicodedata.normalize("NFC", path)


def _words(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def golden(project: Project, source: str) -> list[Question]:
    """The questions of the file that the settings of a source name; none if they name none. Raises
    `SettingsError`, which names the file and the entry."""
    file = file_of(project, source)
    if not file:
        return []
    try:
        content = file.read_bytes()
    except OSError as error:
        raise _unreadable(_key(source), file, error) from error
    return list({one.question_id: one for one in parsed(source, file, content)}.values())


def paths_not_there(project: Project, source: str) -> list[str]:
    """What golden questions of a source name and the lake does not hold, so that nothing answers
    them. Raises `SettingsError`, `LakeError`."""
    named = {_plain(path) for one in golden(project, source) for path in one.documents}
    if not named:
        return []
    scope = Scope(source)
    files = project.lake.read("documents", scope, ["doc_id", "path", "deleted_at"])
    files = files.filter(pc.is_null(files["deleted_at"]))
    entries = project.lake.read("ledger", scope, ["root_id", "path"])
    entries = entries.filter(pc.is_in(entries["root_id"], value_set=files["doc_id"]))
    held = {_plain(str(path)) for rows in (files, entries) for path in rows["path"].to_pylist()}
    return sorted(named - held)


def file_of(project: Project, source: str) -> Path | None:
    """The file that the settings of a source name."""
    named = project.source(source).questions
    return project.settings.local_path(named) if named else None


def parsed(source: str, file: Path, content: bytes) -> list[Question]:
    """The entries of a file in their order; an empty file has none. Raises `SettingsError`."""
    questions, problems = [], []
    for number, entry in enumerate(_entries(_key(source), file, content), 1):
        try:
            questions.append(_question(source, entry))
        except ValidationError as error:
            problems += [(f"entry {number}", *_problem(each)) for each in error.errors()]
    if problems:
        key = _key(source)
        told = "; ".join(f"{entry}, {field}: {expected}" for entry, field, expected in problems)
        raise _wrong(key, file, told, [(key, f"{e}, {f}", x) for e, f, x in problems[:_SHOWN]])
    return questions


def as_line(question: Question) -> str:
    """A golden question as one line of a file, in YAML and JSON alike."""
    entry = {"question": question.text, "documents": question.documents, "pages": question.pages}
    given = {name: value for name, value in (entry | {"text": question.holds}).items() if value}
    written = json.dumps(given, ensure_ascii=False)
    return "- " + _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", written)


def of_line(source: str, line: str) -> Question | None:
    """What `as_line` wrote; None for any other line."""
    try:
        return _question(source, json.loads(line.removeprefix("- ")))
    except (ValueError, RecursionError):
        return None


def _question(source: str, entry: Any) -> Question:
    """Raises `ValidationError`."""
    one = _Entry.model_validate(entry)
    return Question(source, one.question, one.documents, one.pages, one.text, one.principals)


def _key(source: str) -> str:
    return f"sources.{source}.questions"


def _entries(key: str, file: Path, content: bytes) -> list[Any]:
    try:
        entries = yaml.safe_load(content.decode())
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise _unreadable(key, file, error) from error
    if not isinstance(entries, list | None):
        raise _wrong(key, file, f"expected {_EXPECTED}", [(key, str(file), _EXPECTED)])
    return entries or []


def _unreadable(key: str, file: Path, error: Exception) -> SettingsError:
    why = error.strerror if isinstance(error, OSError) else wrong.of_yaml(error)[1]
    return _wrong(key, file, why or "it cannot be read", [(key, str(file), _EXPECTED)])


def _problem(error: Any) -> tuple[str, str]:
    """The field that is wrong, and what is expected."""
    field = ".".join(map(str, error["loc"])) or "whole"
    if error["type"] == "extra_forbidden":
        return field, f"one of {', '.join(_Entry.model_fields)}"
    return field, wrong.in_words(error)


def _wrong(key: str, file: Path, why: str, problems: list[tuple[str, str, str]]) -> SettingsError:
    return SettingsError(
        f"The questions of {key}, {file}, cannot be used: {why}.",
        mend="Correct the file.",
        problems=problems,
    )


def sample(questions: Sequence[Question], most: int) -> list[Question]:
    """At most so many, the same ones each time, whatever others come or go."""
    return sorted(questions, key=lambda question: question.question_id)[:most]
