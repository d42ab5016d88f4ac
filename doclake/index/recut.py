"""Documents that were cut anew, by a recipe that is not the one of a table of the index.

A table keeps the rows of such a document while its bytes are the same: searches go on with the
chunks that they were judged by, until the table of the new recipe takes over. Once the bytes are
others, the table takes the new chunks: what a document says comes before how it is cut.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from doclake.index.rows import IndexRows
from doclake.index.state import IndexState
from doclake.lake.scope import Scope
from doclake.tables.chunks import ChunkRow

COLUMNS = ("source", "doc_id", "content_hash", "recipe")
"""What must be known of the chunks."""


def recut(
    state: IndexState, table: IndexRows, scope: Scope, chunks: Iterable[ChunkRow]
) -> set[str]:
    """Ids of those documents of these chunks of a scope whose rows a table of this state keeps.
    The table of an older Doclake keeps none. Raises `IndexStateError`."""
    now = {
        row["doc_id"]: row["content_hash"]
        for row in chunks
        if row["recipe"] != state.recipes.get(row["source"], row["recipe"])
    }
    if not now or "content_hash" not in table.columns:
        return set()
    versions: dict[str, set[str]] = defaultdict(set)
    for held in table.of(scope, ["doc_id", "content_hash"]).to_pylist():
        versions[held["doc_id"]].add(held["content_hash"])
    return {doc_id for doc_id, content in now.items() if versions.get(doc_id) == {content}}
