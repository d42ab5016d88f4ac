"""The view of the memories that recalls read: as the search index, of another table."""

from __future__ import annotations

from collections.abc import Sequence

from doclake.index.index import SearchIndex
from doclake.tables.memories import MEMORIES
from doclake.tables.memory_index import memory_index_schema


class MemoryIndex(SearchIndex):
    """A LanceDB table for each embedding model; its rows are those of `memories`."""

    folder = "memory_index"
    prefix = "memories_"
    followed: Sequence[str] = (MEMORIES.name,)
    schema = staticmethod(memory_index_schema)
