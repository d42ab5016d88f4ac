"""Questions for a source without golden ones: what the chat server wrote to its passages, else
their headings and first sentences.

The latter ask for what stands in a passage in its own words, so they show that something broke, not
how well people are answered.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from doclake import ids
from doclake.access import Readers
from doclake.chunk.sentences import sentence_spans
from doclake.errors import QuestionEmpty
from doclake.evaluate.questions import Question
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.search.searcher import require_question
from doclake.tables.chunks import CHUNKS, KEPT, ChunkRow
from doclake.tables.generated_questions import GENERATED_QUESTIONS
from doclake.tables.rows import strings

_LETTERS = range(20, 301)  # of a sentence that can tell a passage from others
_COLUMNS = (
    *("source", "bucket", "chunk_id", "doc_id", "path", "section", "context", "text"),
    *("text_hash", "language", "access", "denied"),
)


@dataclass(frozen=True)
class Passage:
    """What a question is asked about: a chunk, every path that holds its text, and as whom search
    has to be asked to find it."""

    chunk: ChunkRow
    paths: tuple[str, ...]
    principals: tuple[str, ...]

    def question(self, text: str, *, holds: str | None = None) -> Question:
        source = self.chunk["source"]
        return Question(
            source, text, self.paths, holds=holds, principals=self.principals, generated=True
        )


def generated(project: Project, source: str, count: int) -> list[Question]:
    """At most `count` questions, each about another document; the same ones for the same text."""
    chosen = passages(project, source, count)
    is_written = project.settings.evaluation.ask_chat_server
    known = written(project, source, chosen) if is_written else {}
    by_text: dict[str, Question] = {}
    for passage in chosen:
        text = known.get(passage.chunk["text_hash"]) or _asked(passage.chunk)
        if text is not None:
            by_text[text] = passage.question(text)
    return list(by_text.values())


def passages(project: Project, source: str, count: int) -> list[Passage]:
    """At most `count`, each of another document; the same ones while the documents are the same."""
    if not count:
        return []
    lake = project.lake
    rows = lake.read("chunks", Scope(source, null=KEPT), ["doc_id"])
    documents = sorted(set(strings(rows["doc_id"])), key=lambda key: ids.digest("sample", key))
    scope = Scope(source, where={"doc_id": documents[:count]}, null=KEPT)
    return _held(project, source, _one_of_each(CHUNKS.rows(lake.read("chunks", scope, _COLUMNS))))


def spread(project: Project, source: str, count: int) -> list[Passage]:
    """At most `count` passages of different texts, as many of one document as of another as far as
    they reach; the same ones while the documents are the same."""
    lake = project.lake
    known = lake.read("chunks", Scope(source, null=KEPT), ["chunk_id", "doc_id", "text_hash"])
    rows = sorted(CHUNKS.rows(known), key=lambda row: ids.digest("sample", row["chunk_id"]))
    turns, first = Counter[str](), dict[str, tuple[int, str]]()
    for row in {row["text_hash"]: row for row in reversed(rows)}.values():
        first[row["chunk_id"]] = turns[row["doc_id"]], ids.digest("sample", row["doc_id"])
        turns[row["doc_id"]] += 1
    order = sorted(first, key=lambda key: first[key])[: 2 * count]  # of some nothing can be asked
    scope = Scope(source, where={"chunk_id": order}, null=KEPT)
    chunks = {row["chunk_id"]: row for row in CHUNKS.rows(lake.read("chunks", scope, _COLUMNS))}
    fit = [chunks[key] for key in order if key in chunks and _asked(chunks[key]) is not None]
    return _held(project, source, fit[:count])


def _held(project: Project, source: str, chosen: Sequence[ChunkRow]) -> list[Passage]:
    """With every path that holds the text: a copy answers as well."""
    same = Scope(source, where={"text_hash": {chunk["text_hash"] for chunk in chosen}})
    holders = defaultdict(set)
    for row in project.lake.read("chunks", same, ["text_hash", "path"]).to_pylist():
        holders[row["text_hash"]].add(row["path"])
    return [
        Passage(
            chunk,
            tuple(sorted(holders[chunk["text_hash"]])),
            readers(project, source, Readers.of(chunk["access"], chunk["denied"])),
        )
        for chunk in chosen
    ]


def readers(project: Project, source: str, of_row: Readers) -> tuple[str, ...]:
    """As whom to ask for what stands in a row of a source: all whom the row and the settings allow,
    but those whom the row denies by a name or a group. Raises `GroupsUnknown`."""
    allowed = of_row.allow | set(project.source(source).access)
    return tuple(
        sorted(name for name in allowed if of_row.deny.isdisjoint(project.asker([name]).names))
    )


def written(project: Project, source: str, about: Iterable[Passage]) -> Mapping[str, str | None]:
    """The questions that the chat server wrote, by the hash of the text; None where it wrote none
    that can be used."""
    texts = {passage.chunk["text_hash"] for passage in about}
    scope = Scope(source, where={"text_hash": texts})
    rows = GENERATED_QUESTIONS.rows(project.lake.read(GENERATED_QUESTIONS.name, scope))
    return {row["text_hash"]: None if row["unused"] else row["question"] for row in rows}


def _one_of_each(chunks: Sequence[ChunkRow]) -> list[ChunkRow]:
    """A chunk of each document, of those that something can be asked of."""
    best: dict[str, ChunkRow] = {}
    for chunk in sorted(chunks, key=lambda row: ids.digest("sample", row["chunk_id"])):
        if _asked(chunk) is not None:
            best.setdefault(chunk["doc_id"], chunk)
    return list(best.values())


def _asked(chunk: ChunkRow) -> str | None:
    """The first sentence of a chunk, or its headings where that is too short or too long."""
    text = chunk["text"]
    spans = sentence_spans(text, chunk["language"])
    sentences = [" ".join(text[start:end].split()) for start, end in spans]
    headings = " ".join((chunk["section"] or [])[-2:])
    by_heading = int(ids.digest("kind", chunk["chunk_id"])[:4], 16) % 2
    offers = [headings, *sentences] if by_heading else [*sentences, headings]
    return next((offer for offer in offers if len(offer) in _LETTERS and _is_asked(offer)), None)


def _is_asked(text: str) -> bool:
    try:
        require_question(text)
    except QuestionEmpty:
        return False
    return True
