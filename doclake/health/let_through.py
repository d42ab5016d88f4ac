"""Chunks that stand although their contract refuses them, and that nobody let through."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow.compute as pc

from doclake.contracts.chunks import chunk_rules
from doclake.display import number_of
from doclake.health.fault import Fault
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.settings import SourceSettings
from doclake.tables.chunks import CHUNKS
from doclake.tables.decisions import DECISIONS, RELEASED


def faults(project: Project, source: str, bucket: str) -> Iterator[Fault]:
    """A row that a person released bears the name of the rule that it breaks, and a decision names
    both; so may a row from before a rule became stricter, until the next run judges it."""
    known = project.settings.sources.get(source)
    if known is None:
        return
    scope = Scope(source, [bucket])
    columns = ["root_id", "content_hash", "chunk_id", "warnings"]
    rows = project.lake.read("chunks", scope, columns)
    warned = CHUNKS.rows(rows.filter(pc.is_valid(rows["warnings"])))
    if not warned:
        return
    refusing = _refusing(known)
    decisions = project.lake.read(
        "decisions",
        Scope(source, [bucket], {"stage": ["chunks"], "decision": [RELEASED]}),
        ["content_hash", "key", "rule"],
    )
    released = {(row["content_hash"], row["key"], row["rule"]) for row in DECISIONS.rows(decisions)}
    wrong = {
        row["root_id"]
        for row in warned
        for rule in refusing.intersection(row["warnings"] or ())
        if (row["content_hash"], row["chunk_id"], rule) not in released
    }
    if wrong:
        message = (
            f"chunks of {number_of(len(wrong), 'document')} break a rule, and nobody released them"
        )
        yield Fault(message, root_ids=tuple(sorted(wrong)))


def _refusing(source: SourceSettings) -> set[str]:
    """Names of the rules that refuse chunks."""
    recipe = source.recipe
    above = recipe.injection.quarantines_above
    rules = chunk_rules(recipe.chunk.max_tokens, source.contracts.chunks, above)
    return {rule.name for rule in rules if rule.severity != "warn"}
