"""What a search returns."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from doclake.display import shown
from doclake.search.snippet import Span, highlights, window
from doclake.tables.columns import PageBox

_log = logging.getLogger(__name__)
COLUMNS = (
    "chunk_id", "doc_id", "source", "path", "title", "section", "pages", "boxes",
    "language", "media_type", "date", "text", "vector",
)  # fmt: skip
"""The columns of an index row that a hit is made of. A table of an older Doclake has fewer."""


@dataclass(frozen=True)
class Hit:
    """A passage that answers a question.

    `score`, 0 to 1, puts the passages of one answer in order and means nothing beyond it; `scores`
    says why: `vector` is the cosine similarity, `text` BM25 as a share of the best,
    `late_interaction` or `cross_encoder` what put the best in order, scaled to the question,
    `names` how many names of the question the passage holds. `highlights` are the spans of `text`
    in which words of the question stand. `flags`: `stale` if the document has changed since and
    could not be read or is not indexed yet, `outdated` if it was last changed longer ago than
    `stale_after` of its source allows, `thin` if less of it was read than was seen in its bytes,
    `incomplete` if a contract refused some of its passages, `personal_data` if the passage holds
    some that is not masked, `suspicious` if it gives orders to a language model; and the names of
    steps of curation that found something wrong, where the settings say `flag`.
    """

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
    scores: dict[str, float] = field(default_factory=dict)
    language: str | None = None
    media_type: str | None = None
    date: datetime | None = None
    highlights: list[Span] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)

    @property
    def citation(self) -> str:
        """One line that lets a reader find the passage: place, page, section."""
        pages = ", ".join(map(str, self.pages))
        where = f", {'pages' if len(self.pages) > 1 else 'page'} {pages}" if pages else ""
        section = f" § {' › '.join(self.section)}" if self.section else ""
        return shown(f"[{self.source}] {self.path}{where}{section}")

    @property
    def citation_id(self) -> str:
        """What `Project.passage` finds it by, however often the document is ingested again."""
        return f"{self.doc_id}.{self.chunk_id}"

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it, the same at every door."""
        date = self.date.isoformat() if self.date else None
        ids = {"citation_id": self.citation_id, "citation": self.citation}
        return ids | asdict(self) | {"date": date}

    @property
    def snippet(self) -> tuple[str, list[Span]]:
        """The part of the text with most words of the question, and their spans in it."""
        return window(self.text, self.highlights)


def warn_of(without: Iterable[str]) -> None:
    """Log what of the recipe the index could not give."""
    for name in without:
        _log.warning("Searched without %s: `doclake ingest` makes what the index lacks.", name)


def of_dict(row: Mapping[str, Any]) -> Hit:
    """The hit that `as_dict` gave."""
    known = {name: row[name] for name in Hit.__dataclass_fields__}
    date, spans = row["date"], [(start, end) for start, end in row["highlights"]]
    moment = datetime.fromisoformat(date) if date else None
    return Hit(**{**known, "date": moment, "highlights": spans})


def hit(row: Mapping[str, Any], question: str, score: float, scores: Mapping[str, float]) -> Hit:
    """Of an index row."""
    return Hit(
        doc_id=row["doc_id"],
        chunk_id=row["chunk_id"],
        source=row["source"],
        path=row["path"],
        title=row["title"],
        pages=row["pages"] or [],
        section=row["section"] or [],
        boxes=row["boxes"] or [],
        score=round(score, 6),
        text=row["text"],
        scores={name: round(value, 6) for name, value in scores.items()},
        language=row.get("language"),
        media_type=row.get("media_type"),
        date=row.get("date"),
        highlights=highlights(row["text"], question),
    )
