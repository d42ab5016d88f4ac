"""Questions for a source without golden ones, made of its own text: headings, first sentences.

They ask for what stands in a passage in its own words, so they show that something broke, not how
well people are answered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from doclake import ids
from doclake.chunk.sentences import sentence_spans
from doclake.errors import QuestionEmpty
from doclake.evaluate.questions import Question
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.search.searcher import require_question
from doclake.tables.chunks import CHUNKS, ChunkRow
from doclake.tables.rows import strings

_LETTERS = range(20, 301)  # of a sentence that can tell a passage from others
_COLUMNS = ("chunk_id", "doc_id", "path", "section", "text", "text_hash", "language")


def generated(project: Project, source: str, count: int) -> list[Question]:
    """At most `count` questions, each about another document; the same ones for the same text."""
    if not count:
        return []
    lake = project.lake
    rows = lake.read("chunks", Scope(source), ["doc_id"])
    documents = sorted(set(strings(rows["doc_id"])), key=lambda key: ids.digest("sample", key))
    scope = Scope(source, where={"doc_id": documents[:count]})
    chosen = _one_of_each(CHUNKS.rows(lake.read("chunks", scope, _COLUMNS)))
    same = Scope(source, where={"text_hash": [chunk["text_hash"] for chunk in chosen]})
    holders = defaultdict(set)  # a copy of a text answers as well
    for row in lake.read("chunks", same, ["text_hash", "path"]).to_pylist():
        holders[row["text_hash"]].add(row["path"])
    found = [_question(source, chunk, sorted(holders[chunk["text_hash"]])) for chunk in chosen]
    by_text: Mapping[str, Question] = {one.text: one for one in found if one is not None}
    return list(by_text.values())


def _one_of_each(chunks: Sequence[ChunkRow]) -> list[ChunkRow]:
    """A chunk of each document, of those that something can be asked of."""
    best: dict[str, ChunkRow] = {}
    for chunk in sorted(chunks, key=lambda row: ids.digest("sample", row["chunk_id"])):
        if _asked(chunk) is not None:
            best.setdefault(chunk["doc_id"], chunk)
    return list(best.values())


def _question(source: str, chunk: ChunkRow, paths: Sequence[str]) -> Question | None:
    text = _asked(chunk)
    return Question(source, text, tuple(paths), generated=True) if text else None


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
