"""Questions whose answers are known, on the two sides of a border between documents.

A question stands on one side if all the documents that answer it do. Those on the other side are
held out: no question about them is learned, and no text of theirs is shown, not even as a wrong
answer. The border is drawn through paths by a hash, so it is the same each time a model is tuned,
also on top of another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, partial

from doclake import ids
from doclake.access import Readers
from doclake.evaluate.generated import readers
from doclake.evaluate.questions import Question, golden
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.tables.chunks import CHUNKS, KEPT, ChunkRow
from doclake.tables.generated_questions import GENERATED_QUESTIONS
from doclake.tables.rows import strings

_RANGE = 16**8


@dataclass
class Sides:
    """`across` counts the questions that documents on both sides answer."""

    learned: list[Question] = field(default_factory=list)
    held_out: list[Question] = field(default_factory=list)
    across: int = 0


def sides(project: Project, sources: Sequence[str], *, with_generated: bool) -> Sides:
    """The golden questions of the sources, judged hits included, and generated ones if they are
    wanted. Raises `SettingsError` for a file of questions that is wrong."""
    share, parted = project.settings.tuning.held_out, Sides()
    for source in sources:
        asked = golden(project, source)
        for question in [*asked, *(generated(project, source) if with_generated else [])]:
            apart = {is_held_out(source, path, share) for path in question.documents}
            if len(apart) > 1:
                parted.across += 1
            else:
                (parted.held_out if apart == {True} else parted.learned).append(question)
    return parted


def is_held_out(source: str, path: str, share: float) -> bool:
    return int(ids.digest("held out", source, path)[:8], 16) < share * _RANGE


def held_out_texts(project: Project, sources: Sequence[str]) -> set[str]:
    """Hashes of the texts of held-out documents: a copy elsewhere is held out with them."""
    share, held = project.settings.tuning.held_out, set[str]()
    for source in sources:
        rows = project.lake.read("chunks", Scope(source), ["path", "text_hash"])
        for path, text_hash in zip(strings(rows["path"]), strings(rows["text_hash"]), strict=True):
            if is_held_out(source, path, share):
                held.add(text_hash)
    return held


def generated(project: Project, source: str) -> list[Question]:
    """What the chat server asks, of which search finds the text again."""
    asked = GENERATED_QUESTIONS.rows(project.lake.read(GENERATED_QUESTIONS.name, Scope(source)))
    used = {row["text_hash"]: row["question"] for row in asked if not row["unused"]}
    texts = {text_hash for text_hash, question in used.items() if question}
    chunks = Scope(source, where={"text_hash": texts}, null=KEPT)
    holders = defaultdict[str, list[ChunkRow]](list)
    columns = ["text_hash", "path", "text", "access", "denied"]
    for row in CHUNKS.rows(project.lake.read("chunks", chunks, columns)):
        holders[row["text_hash"]].append(row)
    as_whom = cache(partial(readers, project, source))
    return [
        Question(
            source,
            used[key] or "",
            tuple(sorted({row["path"] for row in rows})),
            holds=rows[0]["text"],
            principals=as_whom(Readers.of(first["access"], first["denied"])),
            generated=True,
        )
        for key, rows in sorted(holders.items())
        for first in [min(rows, key=lambda row: row["path"])]
    ]
