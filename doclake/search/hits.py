"""What a search returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from doclake.display import shown
from doclake.tables.columns import PageBox


class FoundRow(TypedDict):
    """The columns of an index row that a search reads, with its cosine distance from the query."""

    chunk_id: str
    doc_id: str
    source: str
    path: str
    title: str | None
    section: list[str] | None
    pages: list[int] | None
    boxes: list[PageBox] | None
    text: str
    _distance: float


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
    boxes: list[PageBox]
    score: float
    text: str

    @property
    def citation(self) -> str:
        """One line that lets a reader find the passage: place, page, section."""
        pages = ", ".join(map(str, self.pages))
        where = f", {'pages' if len(self.pages) > 1 else 'page'} {pages}" if pages else ""
        section = f" § {' › '.join(self.section)}" if self.section else ""
        return shown(f"[{self.source}] {self.path}{where}{section}")


def hit(row: FoundRow) -> Hit:
    return Hit(
        doc_id=row["doc_id"],
        chunk_id=row["chunk_id"],
        source=row["source"],
        path=row["path"],
        title=row["title"],
        pages=row["pages"] or [],
        section=row["section"] or [],
        boxes=row["boxes"] or [],
        score=round(1.0 - row["_distance"], 6),
        text=row["text"],
    )
