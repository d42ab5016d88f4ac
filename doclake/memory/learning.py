"""Memories of passages and of conversations. Each names the passage or the turn that says it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from doclake.errors import MemoryRefused
from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.memory.caller import Caller
from doclake.memory.memory import Remembered
from doclake.memory.remembering import Statement, remember
from doclake.memory.store import MemoryStore
from doclake.project import Project
from doclake.search.passages import passage

LEARNED = "learned"
_LONGEST_LINE = 1_000_000


class Turn(BaseModel):
    """What somebody said in a conversation."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    session: Annotated[str, Field(min_length=1, max_length=200)]
    text: str
    role: str | None = None
    subject: str | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Learned:
    """What came of the turns of a conversation, in order; `refused` are their places, from 1, and
    why."""

    remembered: list[Remembered]
    refused: list[tuple[int, MemoryRefused]]


def from_passage(
    project: Project,
    store: MemoryStore,
    caller: Caller,
    citation_id: str,
    **said: Any,
) -> Remembered:
    """Remember a passage that the caller may read now. It is recalled by those alone who may read
    it then. Raises `PassageGone`, `MemoryRefused`."""
    found = passage(project, citation_id, principals=sorted(caller.asker.names)).hit
    scope = Scope(found.source, where={"doc_id": [found.doc_id]})
    (root,) = {row["root_id"] for row in ledger.read(project.lake, scope)} or {found.doc_id}
    statement = Statement(
        found.text, origin=found.citation_id, origin_root=root, method=LEARNED, **said
    )
    return remember(project, store, caller, statement)


def from_conversation(
    project: Project, store: MemoryStore, caller: Caller, turns: Sequence[Turn], **said: Any
) -> Learned:
    """Remember each turn as an episode of its session, said at its time. A turn that is refused
    hinders no other."""
    learned = Learned([], [])
    counts: dict[str, int] = {}
    for number, turn in enumerate(turns, 1):
        counts[turn.session] = counts.get(turn.session, 0) + 1
        statement = Statement(
            f"{turn.role}: {turn.text}" if turn.role and turn.text.strip() else turn.text,
            **{"kind": "episodic", **said},
            session=turn.session,
            subject=turn.subject,
            valid_from=turn.at,
            origin=f"{turn.session}#{counts[turn.session]}",
            method=LEARNED,
        )
        try:
            learned.remembered.append(remember(project, store, caller, statement))
        except MemoryRefused as error:
            learned.refused.append((number, error))
    return learned


def turns_of(file: Path) -> list[Turn]:
    """The turns of a file of JSON lines. Raises `MemoryRefused` for a line that is none, before
    anything is remembered."""
    return list(_turns(file))


def _turns(file: Path) -> Iterator[Turn]:
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(file, 0, "a file of JSON lines in UTF-8") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield Turn.model_validate(json.loads(line[:_LONGEST_LINE]))
        except (ValueError, ValidationError, RecursionError) as error:
            expected = "an object with session and text, and if you like role, subject and at"
            raise _wrong(file, number, expected) from error


def _wrong(file: Path, line: int, expected: str) -> MemoryRefused:
    place = f"{file}, line {line}" if line else str(file)
    return MemoryRefused(
        f"{place} is no conversation.", mend=f"Expected {expected}.", rule="conversation"
    )
