"""Passages packed for a prompt: cited, in so many tokens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doclake.embed import TokenCounter
from doclake.embed.models.resolve import resolve
from doclake.project import Project
from doclake.search.door import ask
from doclake.search.hits import Hit
from doclake.search.passages import chunks_of
from doclake.search.searcher import Searcher
from doclake.search.suspicion import SUSPICIOUS, is_withheld
from doclake.tables.audit import SEARCH

_PASSAGES = 30
_DOUBTFUL = frozenset({"stale"})


@dataclass(frozen=True)
class Cited:
    """Passages of one document that stand together, under the number by which a prompt cites them.
    `text` begins with their headings."""

    number: int
    hits: list[Hit]
    text: str

    @property
    def citation(self) -> str:
        return self.hits[0].citation


@dataclass(frozen=True)
class Context:
    """What a prompt says of a question: `passages`, best first, together at most so many `tokens`
    of the embedding model. `left_out` counts passages that were found and are not in it, by the
    reason."""

    question: str
    passages: list[Cited]
    tokens: int
    left_out: dict[str, int]

    @property
    def text(self) -> str:
        return "\n\n".join(f"[{one.number}] {one.citation}\n{one.text}" for one in self.passages)

    def as_dicts(self) -> list[dict[str, Any]]:
        """The passages as JSON has them."""
        return [
            {
                "number": one.number,
                "citation": one.citation,
                "citation_ids": [hit.citation_id for hit in one.hits],
                "text": one.text,
            }
            for one in self.passages
        ]


def context(
    project: Project,
    question: str,
    *,
    tokens: int = 2_000,
    principals: Iterable[str] = (),
    filters: Mapping[str, Any] | None = None,
    searcher: Searcher | None = None,
    suspicious: bool = False,
    action: str = SEARCH,
) -> Context:
    """The passages that answer a question, without doubles, neighbours joined, stale ones left
    out. Whether suspicious ones are in it is up to the settings of their source, unless all are
    wanted."""
    answer = ask(
        project,
        question,
        k=_PASSAGES,
        principals=principals,
        filters=filters,
        searcher=searcher,
        action=action,
    )
    counter = TokenCounter(resolve(project.settings.embedding))
    left_out = dict.fromkeys(("stale", SUSPICIOUS, "double", "no room"), 0)
    kept, today = list[Hit](), project.today()
    for hit in answer.hits:
        if _DOUBTFUL & set(hit.flags):
            left_out["stale"] += 1
        elif not suspicious and is_withheld(today, hit):
            left_out[SUSPICIOUS] += 1
        elif any(hit.text == other.text for other in kept):
            left_out["double"] += 1
        else:
            kept.append(hit)
    passages, used = list[Cited](), 0
    for hits in _joined(project, kept):
        cited = Cited(len(passages) + 1, hits, _text(hits))
        size = counter.count_bare([f"[{cited.number}] {cited.citation}\n{cited.text}"])[0]
        if used + size > tokens:
            left_out["no room"] += len(hits)
            continue
        passages.append(cited)
        used += size
    return Context(question, passages, used, {name: n for name, n in left_out.items() if n})


def _joined(project: Project, hits: Sequence[Hit]) -> Iterator[list[Hit]]:
    """Hits that follow one another in a document stand together, in reading order, at the place of
    the best of them."""
    _, rows = project.index.require()
    order = {
        row["chunk_id"]: (row["doc_id"], row["ordinal"]) for row in chunks_of(rows, hits, more=())
    }
    by_place = {order[hit.chunk_id]: hit for hit in hits if hit.chunk_id in order}
    taken: set[str] = set()
    for hit in hits:
        if hit.chunk_id in taken:
            continue
        run = [hit]
        if hit.chunk_id in order:
            doc_id, ordinal = order[hit.chunk_id]
            start = ordinal
            while (doc_id, start - 1) in by_place:
                start -= 1
            run, place = [], start
            while (doc_id, place) in by_place:
                run.append(by_place[doc_id, place])
                place += 1
        taken |= {one.chunk_id for one in run}
        yield run


def _text(hits: Sequence[Hit]) -> str:
    """Their texts, each under its headings where these change."""
    parts, above = list[str](), list[str]()
    for hit in hits:
        first = hit.text.splitlines()[0] if hit.text else ""
        if hit.section and hit.section != above and hit.section[-1] != first:
            parts.append(" › ".join(hit.section))
        above = hit.section
        parts.append(hit.text)
    return "\n".join(parts)
