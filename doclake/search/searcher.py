"""Search with citations. Access is enforced before ranking and fails closed.

A caller sees what `everyone` may see and what the named principals may see. Nobody sees a chunk
without an access list. Nothing that decides it is kept from one question to the next, however long
a searcher lives: each sees the settings and the index of its moment.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

import numpy as np

from doclake.embed import Embedder
from doclake.errors import QuestionEmpty
from doclake.index.state import IndexState
from doclake.project import Project
from doclake.search.filters import access_filter
from doclake.search.hits import FoundRow, Hit, hit


def require_question(text: str, index: int = 0) -> None:
    """Raises `QuestionEmpty` for a text without anything to see."""
    if all(unicodedata.category(letter) in _UNSEEN for letter in text):
        raise QuestionEmpty("The question is empty.", mend="Ask in words.", index=index)


_UNSEEN = ("Zs", "Zl", "Zp", "Cc", "Cf")  # blanks, controls, marks without width


class Searcher:
    """Answers queries against the active index with the model that made its vectors."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._kept: tuple[str, Embedder] | None = None

    def search(
        self,
        query: str,
        *,
        k: int = 5,
        source: str | None = None,
        principals: Iterable[str] = (),
    ) -> list[Hit]:
        """The `k` best passages that the principals may see, best first."""
        return next(self.search_many([query], k=k, source=source, principals=principals))

    def search_many(
        self,
        queries: Sequence[str],
        *,
        k: int = 5,
        source: str | None = None,
        principals: Iterable[str] = (),
    ) -> Iterator[list[Hit]]:
        """Hits of each query, in order; all queries are embedded together.

        Raises `QuestionEmpty` before the first answer, `IndexStateError` when there is no index
        yet, and `SettingsError` when doclake.yaml is wrong by now, or gone.
        """
        for number, query in enumerate(queries):
            require_question(query, number)
        asking, model = tuple(principals), None
        vectors: Iterator[np.ndarray] = iter(())
        for number, _ in enumerate(queries):
            project = self._project = self._project.today()
            state, rows = project.index.require()
            if state.model != model:  # the first query, or another model has taken over
                model = state.model
                vectors = iter(self._embedder(state).encode_queries(queries[number:]))
            lists = {name: its.access for name, its in project.settings.sources.items()}
            found = rows.to_table(
                columns=list(FoundRow.__annotations__),
                nearest={"column": "vector", "q": next(vectors), "k": k, "metric": "cosine"},
                filter=access_filter(asking, lists, source),
                prefilter=True,
            )
            yield [hit(row) for row in cast("list[FoundRow]", found.to_pylist())]

    def _embedder(self, state: IndexState) -> Embedder:
        """The embedder of the index's model; kept, as loading a model takes seconds."""
        model, embedder = self._kept or (None, None)
        if embedder is None or model != state.model:
            embedding = self._project.settings.embedding
            if self._project.model != state.model:  # else it may stand in another folder by now
                speed = embedding.model_dump(include={"device", "dtype", "batch_tokens"})
                embedding = state.embedding_settings.model_copy(update=speed)
            embedder = Embedder(embedding)
            self._kept = (state.model, embedder)
        return embedder
