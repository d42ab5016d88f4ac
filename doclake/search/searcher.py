"""Search with citations. Access is enforced before ranking and fails closed.

A caller sees what `everyone` may see and what the named principals may see. Nobody sees a chunk
without an access list. Nothing that decides it is kept from one question to the next, however long
a searcher lives: each sees the settings and the index of its moment.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from doclake import access, tracing
from doclake.embed import Embedder, Question
from doclake.errors import QuestionEmpty
from doclake.index.index import SearchIndex
from doclake.index.rows import IndexRows
from doclake.index.state import IndexState
from doclake.project import Project
from doclake.search import filters as filtering
from doclake.search import hybrid
from doclake.search.filters import Filters
from doclake.search.flags import flags
from doclake.search.hits import COLUMNS, Hit, hit, warn_of
from doclake.search.hybrid import Candidates
from doclake.search.order import Ordered, chosen, diverse, order
from doclake.search.rerank.scored import scored

NOTHING = Filters()


def require_question(text: str, index: int = 0) -> None:
    """Raises `QuestionEmpty` for a text without anything to see."""
    if all(unicodedata.category(letter) in _UNSEEN for letter in text):
        raise QuestionEmpty("The question is empty.", mend="Ask in words.", index=index)


_UNSEEN = ("Zs", "Zl", "Zp", "Cc", "Cf")  # blanks, controls, marks without width


@dataclass(frozen=True)
class Answer:
    """The hits of a question, best first, and what of the recipe the index could not give."""

    hits: list[Hit]
    without: list[str]


class Searcher:
    """Answers questions from the active index, or from the `table` of a state that searches do not
    use yet, with the model that made its vectors.

    Threads may ask at the same time.
    """

    def __init__(self, project: Project, table: IndexState | None = None) -> None:
        self._project = project
        self._table = table
        self._kept: tuple[str, Embedder] | None = None
        self._loading = threading.Lock()

    def search(
        self,
        question: str,
        *,
        k: int = 5,
        filters: Filters = NOTHING,
        principals: Iterable[str] = (),
    ) -> list[Hit]:
        """The `k` best passages that pass the filters and that the principals may see, best
        first."""
        answers = self.search_many([question], k=k, filters=filters, principals=principals)
        return next(answers).hits

    def search_many(
        self,
        questions: Sequence[str],
        *,
        k: int = 5,
        filters: Filters = NOTHING,
        principals: Iterable[str] = (),
    ) -> Iterator[Answer]:
        """The answer to each question, in order; all are embedded together.

        Raises `QuestionEmpty` before the first answer, `FilterError`, `IndexStateError` when there
        is no index yet, `SettingsError` when doclake.yaml is wrong by now, or gone, and
        `GroupsUnknown`.
        """
        for number, question in enumerate(questions):
            require_question(question, number)
        asking, model = access.principals(principals), None
        embedded: Iterator[Question] = iter(())
        for number, question in enumerate(questions):
            with tracing.span("doclake.search", {"doclake.search.k": k}) as span:
                project = self._project = self._project.today()
                state, rows = self._source(project.index)
                with tracing.span("doclake.search.embed", _of_model(state)):
                    if state.model != model:  # the first question, or another model took over
                        model = state.model
                        embedded = iter(self._embedder(state).encode_queries(questions[number:]))
                    vector = next(embedded)
                lists = {name: its.access for name, its in project.settings.sources.items()}
                where = filtering.sql(project.lake, filters, project.asker(asking), lists)
                answer = _Search(project, rows, question, vector, where, k).answer()
                span.set({"doclake.search.hits": len(answer.hits)})
            yield answer

    @property
    def has_model(self) -> bool:
        """Whether a question has been answered, so that the model is loaded."""
        return self._kept is not None

    def _source(self, index: SearchIndex) -> tuple[IndexState, IndexRows]:
        if self._table is None:
            return index.require()
        return self._table, index.table(self._table)

    def _embedder(self, state: IndexState) -> Embedder:
        """The embedder of the index's model; kept, as loading a model takes seconds."""
        with self._loading:
            model, embedder = self._kept or (None, None)
            if embedder is None or model != state.model:
                embedder = Embedder(self._project.embedding_of(state))
                self._kept = (state.model, embedder)
            return embedder


def _of_model(state: IndexState) -> tracing.Attributes:
    return {"gen_ai.operation.name": "embeddings", "gen_ai.request.model": state.model_name}


@dataclass(frozen=True)
class _Search:
    """One question to one state of the index."""

    project: Project
    rows: IndexRows
    question: str
    embedded: Question
    where: str
    k: int

    def answer(self) -> Answer:
        settings, without = self.project.settings.search, list[str]()
        if settings.text_weight and "terms" not in self.rows.columns:
            without.append("full text")
        with tracing.span("doclake.search.retrieve") as span:
            candidates = hybrid.find(
                self.rows, self.embedded.vector, self.question, self.where, settings, self.k
            )
            span.set({"doclake.search.candidates": len(candidates)})

        def rerank(places: list[int]) -> np.ndarray | None:
            rows = [candidates.row_ids[place] for place in places]
            named = candidates.names if settings.names_first else set()
            by = {"doclake.search.rerank": settings.rerank, "doclake.search.candidates": len(rows)}
            column = partial(self.rows.column, rows)
            with tracing.span("doclake.search.rerank", by):
                scores = scored(column, self.question, self.embedded, named, settings)
            if scores is None and settings.rerank != "none" and places:
                without.append(settings.rerank.replace("_", " "))
            return scores

        ordered = order(candidates, settings, rerank)
        hits = self._hits(candidates, ordered, self._chosen(candidates, ordered))
        warn_of(without)
        return Answer(flags(self.project, hits), without)

    def _chosen(self, candidates: Candidates, ordered: Ordered) -> list[int]:
        settings = self.project.settings.search
        if not settings.diversity:
            return chosen(ordered, candidates, self.k, settings.per_document)
        most = max(settings.rerank_candidates, self.k)
        places = chosen(ordered, candidates, most, settings.per_document)
        rows = self.rows.at([candidates.row_ids[place] for place in places], ["vector"])
        vectors = np.array([row["vector"] for row in rows], np.float32)
        return diverse(ordered, vectors, places, settings.diversity, self.k)

    def _hits(self, candidates: Candidates, ordered: Ordered, places: Sequence[int]) -> list[Hit]:
        if not places:
            return []
        columns = [name for name in COLUMNS if name in self.rows.columns]
        rows = self.rows.at([candidates.row_ids[place] for place in places], columns)
        return [
            hit(row, self.question, float(ordered.scores[place]), why)
            for row, place in zip(rows, places, strict=True)
            for why in [self._why(row, place, candidates, ordered)]
        ]

    def _why(
        self, row: Any, place: int, candidates: Candidates, ordered: Ordered
    ) -> dict[str, float]:
        similar = float(np.dot(self.embedded.vector, np.array(row["vector"], np.float32)))
        scores = {"vector": similar, "text": candidates.text[place]}
        if place in ordered.reranked:
            scores[self.project.settings.search.rerank] = ordered.reranked[place]
        if candidates.names:
            scores["names"] = float(candidates.held[place])
        return scores
