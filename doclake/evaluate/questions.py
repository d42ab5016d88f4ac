"""Golden questions: what people know the answer of, one YAML list for each source.

An entry that is appended as one line, `- {"question": ..., "documents": [...]}`, is YAML too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, Field, ValidationError

from doclake import ids
from doclake.errors import QuestionEmpty, SettingsError
from doclake.project import Project
from doclake.search.hits import Hit
from doclake.search.searcher import require_question
from doclake.settings.fields import Frozen, Listed, OneOrMore, Principal

_SHOWN = 20  # problems of one file


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
            is_right = path in wanted - held and self._answers(hit)
            if place not in places:
                places[place] = path if is_right else None
                held |= {path} if is_right else set()
        return [rank for rank, right in enumerate(places.values(), 1) if right is not None]

    def _answers(self, hit: Hit) -> bool:
        on_page = not self.pages or bool(set(self.pages) & set(hit.pages))
        holds = self.holds is None or _words(self.holds) in _words(hit.text)
        return hit.source == self.source and on_page and holds


def _plain(path: str) -> str:
    return unicodedata.normalize("NFC", path)


def _words(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def golden(project: Project, source: str) -> list[Question]:
    """The questions of the file that the settings of a source name; none if they name none. Raises
    `SettingsError`, which names the file and the entry."""
    named = project.source(source).questions
    file = named and project.settings.local_path(named)
    if not file:
        return []
    key = f"sources.{source}.questions"
    questions, problems = [], []
    for number, entry in enumerate(_entries(key, file), 1):
        try:
            one = _Entry.model_validate(entry)
        except ValidationError as error:
            problems += [(f"entry {number}", *_problem(each)) for each in error.errors()]
            continue
        answer = (one.documents, one.pages, one.text, one.principals)
        questions.append(Question(source, one.question, *answer))
    if problems:
        told = "; ".join(f"{entry}, {field}: {expected}" for entry, field, expected in problems)
        raise _wrong(key, file, told, [(key, f"{e}, {f}", x) for e, f, x in problems[:_SHOWN]])
    return list({question.question_id: question for question in questions}.values())


def _entries(key: str, file: Path) -> list[Any]:
    expected = "a YAML list of questions"
    try:
        entries = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        why = " ".join(str(error).split())
        raise _wrong(key, file, why, [(key, str(file), expected)]) from error
    if not isinstance(entries, list):
        raise _wrong(key, file, f"expected {expected}", [(key, str(file), expected)])
    return entries


def _problem(error: Any) -> tuple[str, str]:
    """The field that is wrong, and what is expected."""
    field = ".".join(map(str, error["loc"])) or "whole"
    if error["type"] == "extra_forbidden":
        return field, f"one of {', '.join(_Entry.model_fields)}"
    return field, error["msg"].removeprefix("Value error, ")


def _wrong(key: str, file: Path, why: str, problems: list[tuple[str, str, str]]) -> SettingsError:
    return SettingsError(
        f"The questions of {key}, {file}, cannot be used: {why}.",
        mend="Correct the file.",
        problems=problems,
    )


def sample(questions: Sequence[Question], most: int) -> list[Question]:
    """At most so many, the same ones each time, whatever others come or go."""
    return sorted(questions, key=lambda question: question.question_id)[:most]
