"""Search with citations. Access is enforced before ranking and fails closed.

A caller sees what `everyone` may see and what the named principals may; a chunk without an access
list is seen by nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from doclake import access
from doclake.access import EVERYONE
from doclake.embed import Embedder
from doclake.index.index import SearchIndex
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.settings import Settings

COLUMNS = ("chunk_id", "doc_id", "source", "path", "title", "section", "pages", "boxes", "text")


@dataclass(frozen=True)
class Hit:
    """A passage that answers a query. `score` is the cosine similarity, from -1 to 1."""

    doc_id: str
    chunk_id: str
    source: str
    path: str
    title: str | None
    pages: list[int]
    section: list[str]
    boxes: list[dict[str, Any]]
    score: float
    text: str

    @property
    def citation(self) -> str:
        """One line that lets a reader find the passage: place, page, section."""
        pages = ", ".join(map(str, self.pages))
        where = f", {'pages' if len(self.pages) > 1 else 'page'} {pages}" if pages else ""
        section = f" § {' › '.join(self.section)}" if self.section else ""
        return f"[{self.source}] {self.path}{where}{section}"


class Searcher:
    """Answers queries against the active index with the model that made its vectors."""

    def __init__(self, settings: Settings) -> None:
        self._state, self._table = SearchIndex(Lake(settings.lake_url)).require()
        speed = settings.embedding.model_dump(include={"device", "dtype", "batch_tokens"})
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
            rows = (
                self._table.search(vector, vector_column_name="vector")
                .distance_type("cosine")
                .where(allowed, prefilter=True)
                .select([*COLUMNS, "_distance"])
                .limit(k)
                .to_list()
            )
            yield [_hit(row) for row in rows]


def access_filter(principals: Iterable[str], source: str | None = None) -> str:
    """Filter of what the principals may see. Holds digests and identifiers only, never a name.

    Lance reads a backslash in a string literal as an escape, so a quoted name could break out of
    its literal; a digest cannot.
    """
    keys = sorted({access.access_key(principal) for principal in (EVERYONE, *principals)})
    listed = ", ".join(f"'{key}'" for key in keys)
    seen = f"array_has_any(access_keys, [{listed}])"
    return f"{seen} AND {Scope(source).sql()}" if source else seen


def _hit(row: dict[str, Any]) -> Hit:
    return Hit(
        doc_id=row["doc_id"],
        chunk_id=row["chunk_id"],
        source=row["source"],
        path=row["path"],
        title=row["title"],
        pages=row["pages"] or [],
        section=row["section"] or [],
        boxes=row["boxes"] or [],
        score=round(1.0 - float(row["_distance"]), 6),
        text=row["text"],
    )
