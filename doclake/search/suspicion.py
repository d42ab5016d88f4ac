"""Which of the passages that were found give orders to a language model.

The text of each is judged, and not what was written when it was cut: so it holds for rows of an
older Doclake, and for those of another table of the index. The lake is asked only about passages
that may be suspicious: whether a reader of the document sees them, and whether a person has
released them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from doclake.injection.passage import HIDDEN, judge_passage
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.search.hits import Hit
from doclake.settings import Recipe
from doclake.settings.contract_rules import INJECTION
from doclake.tables.chunks import CHUNKS, ChunkRow

SUSPICIOUS = "suspicious"
"""In the `flags` of a hit, and why a prompt goes without it."""


def suspicious_ids(project: Project, hits: Sequence[Hit]) -> set[str]:
    """`chunk_id`s of the hits that are suspicious by the settings of today."""
    sources = project.settings.sources
    recipes = {hit.source: sources[hit.source].recipe for hit in hits if hit.source in sources}
    doubtful = [hit for hit in hits if hit.source in recipes and _may_be(hit, recipes[hit.source])]
    rows = _rows(project, doubtful)
    return {
        hit.chunk_id
        for hit in doubtful
        if _is_suspicious(hit, rows.get(hit.chunk_id), recipes[hit.source])
    }


def _may_be(hit: Hit, recipe: Recipe) -> bool:
    return recipe.injection.action != "off" and (
        recipe.extract.hidden_text == "include" or _score(hit) > recipe.injection.threshold
    )


def _score(hit: Hit, *, is_hidden: bool = False) -> float:
    return judge_passage(hit.text, hit.section, hit.path, is_hidden=is_hidden).score


def _rows(project: Project, hits: Sequence[Hit]) -> Mapping[str, ChunkRow]:
    """What the lake holds of their chunks, by id; those that another recipe has made are not
    there."""
    if not hits:
        return {}
    scope = Scope(where={"doc_id": sorted({hit.doc_id for hit in hits})})
    columns = ["chunk_id", "suspicion", "warnings"]
    rows = CHUNKS.rows(project.lake.read("chunks", scope, columns, often=True))
    return {row["chunk_id"]: row for row in rows}


def _is_suspicious(hit: Hit, row: ChunkRow | None, recipe: Recipe) -> bool:
    if row is not None and INJECTION in (row["warnings"] or ()):
        return False
    known = row["suspicion"] if row is not None else None
    is_hidden = known is not None and HIDDEN in known["reasons"]
    return _score(hit, is_hidden=is_hidden) > recipe.injection.threshold


def is_withheld(project: Project, hit: Hit) -> bool:
    """Whether a language model is not to get a hit, by the settings of today."""
    source = project.settings.sources.get(hit.source)
    leaves_out = source is None or source.recipe.injection.in_prompts == "leave_out"
    return leaves_out and SUSPICIOUS in hit.flags
