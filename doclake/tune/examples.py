"""From questions to what a model learns by: each with the passage that answers it, and with
passages that search takes for answers.

Both come from the one search, so the passage is the one people would be shown, and the wrong ones
are those that stand in its way. Where search does not find the answer, it is known all the same if
only one passage can be it: these teach most. A wrong passage that is nearly as similar to the
question as the right one may well be right, too: only those below `_MARGIN` of its similarity are
taken (TopK-PercPos of NV-Retriever, arXiv:2407.15831, with its 95 %).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from doclake import ids
from doclake.embed.text import embedding_text
from doclake.evaluate.evaluation import answers
from doclake.evaluate.questions import Question
from doclake.lake.scope import Scope
from doclake.progress import Progress, Step
from doclake.project import Project
from doclake.search.hits import Hit
from doclake.search.searcher import Searcher
from doclake.tables.chunks import CHUNKS, KEPT, ChunkRow
from doclake.tune.pairs import held_out_texts

STAGE = "tuned_model"
_DEPTH = 50
_MARGIN = 0.95
_SPARE = 4  # more wrong passages than are wanted, as some may be held out


@dataclass(frozen=True)
class Example:
    """A question, the text that answers it as it is embedded, and texts that do not."""

    question: Question
    doc_id: str
    text_hash: str
    passage: str
    wrong: tuple[tuple[str, str], ...]
    """Hash and text of each."""


@dataclass(frozen=True)
class _Found:
    """A question with its hits; `right` is the chunk that answers it, if that is known."""

    question: Question
    hits: list[Hit]
    right: str | None
    similarity: float

    def wrong(self, most: int) -> list[str]:
        """Chunks that search finds, and that are no answer."""
        below = _MARGIN * self.similarity
        wrong = (
            hit.chunk_id
            for hit in self.hits
            if hit.scores["vector"] < below and not self.question.is_answered_by(hit)
        )
        return list(islice(wrong, most))


def examples(project: Project, questions: Sequence[Question], progress: Progress) -> list[Example]:
    """Of the questions of which it is known what passage answers them. Every example has
    `tuning.negatives` wrong texts. Raises `IndexStateError`."""
    wanted = project.settings.tuning.negatives
    found = list(_found(project, questions, progress))
    only = _only(project, [one.question for one in found if one.right is None])
    pairs = [
        (one.question, one.right or only.get(one.question, ""), one.wrong(wanted + _SPARE))
        for one in found
    ]
    held_out = held_out_texts(project, list(project.settings.sources))
    texts = _texts(project, {key for _, right, wrong in pairs for key in (right, *wrong) if key})
    made = []
    for question, right, wrong in pairs:
        if right not in texts or texts[right]["text_hash"] in held_out:
            continue
        near = {row["text_hash"]: row for key in wrong if (row := texts.get(key))}
        others = [
            (text_hash, _embedded(row))
            for text_hash, row in near.items()
            if text_hash not in held_out and text_hash != texts[right]["text_hash"]
        ]
        row = texts[right]
        made.append(
            Example(
                question, row["doc_id"], row["text_hash"], _embedded(row), tuple(others[:wanted])
            )
        )
    return list(_filled(made, wanted))


def _found(project: Project, questions: Sequence[Question], progress: Progress) -> Iterator[_Found]:
    by_source = defaultdict[str, list[Question]](list)
    for question in questions:
        by_source[question.source].append(question)
    searcher, done = Searcher(project), 0
    for source, asking in by_source.items():
        for question, hits in answers(project, source, asking, searcher, _DEPTH):
            progress(Step(source, STAGE, done, len(questions), "questions"))
            done += 1
            right = next((hit for hit in hits if question.is_answered_by(hit)), None)
            best = max((hit.scores["vector"] for hit in hits), default=0.0)
            similarity = right.scores["vector"] if right else best
            yield _Found(question, hits, right.chunk_id if right else None, similarity)


def _only(project: Project, questions: Sequence[Question]) -> dict[Question, str]:
    """The one chunk that can answer a question, where there is one."""
    documents = {ids.doc_id(one.source, path) for one in questions for path in one.documents}
    scope = Scope(where={"doc_id": documents}, null=KEPT)
    columns = ["chunk_id", "doc_id", "source", "path", "pages", "text"]
    by_document = defaultdict[str, list[ChunkRow]](list)
    for row in CHUNKS.rows(project.lake.read("chunks", scope, columns)):
        by_document[row["doc_id"]].append(row)
    only = dict[Question, str]()
    for question in questions:
        fitting = [
            row["chunk_id"]
            for path in question.documents
            for row in by_document[ids.doc_id(question.source, path)]
            if question.answer_stands(row["source"], row["path"], row["pages"] or [], row["text"])
        ]
        if len(fitting) == 1:
            only[question] = fitting[0]
    return only


def _texts(project: Project, wanted: set[str]) -> dict[str, ChunkRow]:
    """The chunks with these ids."""
    columns = ["chunk_id", "doc_id", "text_hash", "context", "text"]
    rows = CHUNKS.rows(project.lake.read("chunks", Scope(where={"chunk_id": wanted}), columns))
    return {row["chunk_id"]: row for row in rows}


def _embedded(chunk: ChunkRow) -> str:
    return embedding_text(chunk["context"], chunk["text"])


def _filled(made: Sequence[Example], wanted: int) -> Iterator[Example]:
    """Where search finds too few wrong texts, the right ones of other questions stand in."""
    for place, one in enumerate(made):
        others = iter([*made[place + 1 :], *made[:place]])
        wrong = dict(one.wrong)
        while len(wrong) < wanted:
            other = next(others, None)
            if other is None:
                return  # all ask for one text: there is nothing to tell it from
            if other.text_hash != one.text_hash:
                wrong.setdefault(other.text_hash, other.passage)
        yield Example(one.question, one.doc_id, one.text_hash, one.passage, tuple(wrong.items()))
