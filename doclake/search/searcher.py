"""Search with citations. Access is enforced before ranking and fails closed.

A caller sees what `everyone` may see and what the named principals may see. Nobody sees a chunk
without an access list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from doclake.embed import Embedder
from doclake.project import Project
from doclake.search.filters import access_filter
from doclake.search.hits import FoundRow, Hit, hit


class Searcher:
    """Answers queries against the active index with the model that made its vectors."""

    def __init__(self, project: Project) -> None:
        self._state, self._rows = project.index.require()
        speed = project.settings.embedding.model_dump(include={"device", "dtype", "batch_tokens"})
        self._embedder = Embedder(self._state.embedding_settings.model_copy(update=speed))

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
        """Hits of each query, in order; all queries are embedded together."""
        allowed = access_filter(principals, source)
        vectors = self._embedder.encode_queries(list(queries))
        for vector in vectors:
            rows = self._rows.to_table(
                columns=list(FoundRow.__annotations__),
                nearest={"column": "vector", "q": vector, "k": k, "metric": "cosine"},
                filter=allowed,
                prefilter=True,
            )
            yield [hit(row) for row in rows.to_pylist()]
